// Rows added into a table by id. Every chunk takes some columns of all rows, so that the rows of one id are always added
// in the same order.
import { ScatterRowsArgs } from '../wasm/arguments.as';
import { bytes, int32At, loadPartial, storePartial } from '../wasm/memory.as';

/** Chunk: some columns. */
export function scatterRows(args: ScatterRowsArgs, chunk: i32, _workspace: usize): void {
  const ids = args.ids,
    tokens = args.tokens,
    tableRows = args.tableRows;
  const first = chunk * args.columnsPerChunk;
  const count = min(args.columnsPerChunk, args.width - first);
  const stride = bytes(args.width);
  const table = args.table + bytes(first);
  let row = args.dy + bytes(first);
  for (let token = 0; token < tokens; token++) {
    const id = int32At(ids, token);
    if (id >= 0 && id < tableRows) {
      const target = table + <usize>id * stride;
      for (let i = 0; i < count; i += 4) {
        const column = bytes(i);
        const rest = count - i;
        storePartial(target + column, f32x4.add(loadPartial(target + column, rest), loadPartial(row + column, rest)), rest);
      }
    }
    row += stride;
  }
}
