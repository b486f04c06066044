// The sum of a token's three embeddings.
import { at, int } from '../wasm/args.as';
import { loadSome, storeSome } from '../wasm/math.as';

// @ts-ignore: decorator
@inline
function rowOf(table: usize, ids: usize, token: i32, step: usize): usize {
  return table + <usize>load<i32>(ids + ((<usize>token) << 2)) * step;
}

/** Chunk: some tokens. */
export function embed(args: usize, chunk: i32, _work: usize): void {
  const width = int(args, 8),
    perChunk = int(args, 9);
  const step = <usize>width * 4;
  const to = min(int(args, 7), (chunk + 1) * perChunk);
  for (let token = chunk * perChunk; token < to; token++) {
    const word = rowOf(at(args, 0), at(args, 3), token, step),
      position = rowOf(at(args, 1), at(args, 4), token, step),
      type = rowOf(at(args, 2), at(args, 5), token, step),
      y = at(args, 6) + <usize>token * step;
    for (let i = 0; i < width; i += 4) {
      const rest = width - i;
      const column = <usize>i * 4;
      const sum = f32x4.add(
        f32x4.add(loadSome(word + column, rest), loadSome(type + column, rest)),
        loadSome(position + column, rest),
      );
      storeSome(y + column, sum, rest);
    }
  }
}
