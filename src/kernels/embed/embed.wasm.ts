// The sum of three embeddings on WASM.
import { registerKernel } from '../kernelToken.ts';
import type { WasmRuntime } from '../wasm/runtime.ts';
import { EMBED } from './embed.ts';

/** Approximate number of elements per chunk. */
const ELEMENTS_PER_CHUNK = 16384;

export function registerEmbedOnWasm(runtime: WasmRuntime): void {
  registerKernel(EMBED, 'wasm', (inputs) => {
    const { words, positions, types, wordIds, positionIds, typeIds } = inputs;
    const [tokens, width] = [wordIds.shape[0]!, words.shape[1]!];
    const y = runtime.output([tokens, width]);
    const tokensPerChunk = Math.ceil(ELEMENTS_PER_CHUNK / width);
    const tables = { words, positions, types, wordIds, positionIds, typeIds };
    runtime.run('embed', { ...tables, y, tokens, width, tokensPerChunk }, Math.ceil(tokens / tokensPerChunk));
    return { y };
  });
}
