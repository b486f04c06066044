// Rows added into a table by id, always in the order of the rows: every chunk takes some columns of all of them.
import { at, int } from '../wasm/args.as';
import { loadSome, storeSome } from '../wasm/math.as';

/** Columns of one chunk. */
const WIDTH: i32 = 32;

/** Chunk: so many bytes of the table set to 0. */
export function zero(args: usize, chunk: i32, _work: usize): void {
  const perChunk = at(args, 2);
  const from = <usize>chunk * perChunk;
  memory.fill(at(args, 0) + from, 0, min(perChunk, at(args, 1) - from));
}

/** Chunk: 32 columns. Ids outside of the table are dropped. */
export function scatterRows(args: usize, chunk: i32, _work: usize): void {
  const ids = at(args, 1),
    tokens = int(args, 3),
    rows = int(args, 4),
    columns = int(args, 5);
  const first = chunk * WIDTH;
  const width = min(WIDTH, columns - first);
  const step = <usize>columns * 4;
  const table = at(args, 2) + <usize>first * 4;
  let from = at(args, 0) + <usize>first * 4;
  for (let token = 0; token < tokens; token++) {
    const id = load<i32>(ids + ((<usize>token) << 2));
    if (id >= 0 && id < rows) {
      const to = table + <usize>id * step;
      for (let i = 0; i < width; i += 4) {
        const column = <usize>i * 4;
        const rest = width - i;
        storeSome(to + column, f32x4.add(loadSome(to + column, rest), loadSome(from + column, rest)), rest);
      }
    }
    from += step;
  }
}
