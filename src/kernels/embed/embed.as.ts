// The sum of a token's three embeddings.
import { EmbedArgs } from '../wasm/arguments.as';
import { bytes, int32At, loadPartial, storePartial } from '../wasm/memory.as';

/** Chunk: some tokens. */
export function embed(args: EmbedArgs, chunk: i32, _workspace: usize): void {
  const width = args.width;
  const stride = bytes(width);
  const to = min(args.tokens, (chunk + 1) * args.tokensPerChunk);
  for (let token = chunk * args.tokensPerChunk; token < to; token++) {
    const word = args.words + <usize>int32At(args.wordIds, token) * stride,
      position = args.positions + <usize>int32At(args.positionIds, token) * stride,
      type = args.types + <usize>int32At(args.typeIds, token) * stride,
      y = args.y + <usize>token * stride;
    for (let i = 0; i < width; i += 4) {
      const rest = width - i;
      const column = bytes(i);
      const sum = f32x4.add(
        f32x4.add(loadPartial(word + column, rest), loadPartial(type + column, rest)),
        loadPartial(position + column, rest),
      );
      storePartial(y + column, sum, rest);
    }
  }
}
