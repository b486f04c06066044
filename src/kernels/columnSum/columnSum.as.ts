// Column sums of a matrix, and those of a product element by element.
import { at, int } from '../wasm/args.as';
import { loadSome, storeSome } from '../wasm/math.as';

/** Columns of one chunk. */
const WIDTH: i32 = 32;

/** Columns `first` to `first + width` of x [rows, columns], summed from the first row to the last. */
export function sumColumns(x: usize, rows: i32, columns: i32, first: i32, width: i32, to: usize): void {
  const step = <usize>columns * 4;
  for (let column = 0; column < width; column += 16) {
    let s0 = f32x4.splat(0),
      s1 = f32x4.splat(0),
      s2 = f32x4.splat(0),
      s3 = f32x4.splat(0);
    let from = x + <usize>(first + column) * 4;
    const count = width - column;
    const target = to + <usize>(first + column) * 4;
    if (count >= 16) {
      for (let r = 0; r < rows; r++) {
        s0 = f32x4.add(s0, v128.load(from));
        s1 = f32x4.add(s1, v128.load(from, 16));
        s2 = f32x4.add(s2, v128.load(from, 32));
        s3 = f32x4.add(s3, v128.load(from, 48));
        from += step;
      }
    } else {
      for (let r = 0; r < rows; r++) {
        s0 = f32x4.add(s0, loadSome(from, count));
        s1 = f32x4.add(s1, loadSome(from + 16, count - 4));
        s2 = f32x4.add(s2, loadSome(from + 32, count - 8));
        s3 = f32x4.add(s3, loadSome(from + 48, count - 12));
        from += step;
      }
    }
    storeSome(target, s0, count);
    storeSome(target + 16, s1, count - 4);
    storeSome(target + 32, s2, count - 8);
    storeSome(target + 48, s3, count - 12);
  }
}

/** Chunk: 32 columns. */
export function columnSum(args: usize, chunk: i32, _work: usize): void {
  const columns = int(args, 2);
  const first = chunk * WIDTH;
  sumColumns(at(args, 0), int(args, 1), columns, first, min(WIDTH, columns - first), at(args, 3));
}
