// Column sums of a matrix.
import { ColumnSumArgs } from '../wasm/arguments.as';
import { bytes, loadPartial, storePartial } from '../wasm/memory.as';

/** Columns `first` to `first + count` of x [rowCount, width], each summed from the first row to the last. */
export function sumColumns(x: usize, rowCount: i32, width: i32, first: i32, count: i32, sums: usize): void {
  const stride = bytes(width);
  for (let column = 0; column < count; column += 16) {
    let s0 = f32x4.splat(0),
      s1 = f32x4.splat(0),
      s2 = f32x4.splat(0),
      s3 = f32x4.splat(0);
    let row = x + bytes(first + column);
    const rest = count - column;
    const target = sums + bytes(first + column);
    if (rest >= 16) {
      for (let r = 0; r < rowCount; r++) {
        s0 = f32x4.add(s0, v128.load(row));
        s1 = f32x4.add(s1, v128.load(row, 16));
        s2 = f32x4.add(s2, v128.load(row, 32));
        s3 = f32x4.add(s3, v128.load(row, 48));
        row += stride;
      }
    } else {
      for (let r = 0; r < rowCount; r++) {
        s0 = f32x4.add(s0, loadPartial(row, rest));
        s1 = f32x4.add(s1, loadPartial(row + 16, rest - 4));
        s2 = f32x4.add(s2, loadPartial(row + 32, rest - 8));
        s3 = f32x4.add(s3, loadPartial(row + 48, rest - 12));
        row += stride;
      }
    }
    storePartial(target, s0, rest);
    storePartial(target + 16, s1, rest - 4);
    storePartial(target + 32, s2, rest - 8);
    storePartial(target + 48, s3, rest - 12);
  }
}

/** Chunk: some columns. */
export function columnSum(args: ColumnSumArgs, chunk: i32, _workspace: usize): void {
  const first = chunk * args.columnsPerChunk;
  sumColumns(args.x, args.rowCount, args.width, first, min(args.columnsPerChunk, args.width - first), args.sums);
}
