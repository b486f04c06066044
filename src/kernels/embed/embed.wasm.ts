// The sum of three embeddings on WASM.
import type * as tf from '@tensorflow/tfjs-core';
import { register, type WasmRuntime } from '../wasm/runtime.ts';
import { EMBED } from './embed.ts';

/** Elements of one chunk, about. */
const CHUNK = 16384;

type Input = 'words' | 'positions' | 'types' | 'wordIds' | 'positionIds' | 'typeIds';

export function registerEmbedOnWasm(runtime: WasmRuntime): void {
  register(runtime, EMBED, (_, inputs) => {
    const { words, positions, types, wordIds, positionIds, typeIds } = inputs as Record<Input, tf.TensorInfo>;
    const [tokens, width] = [wordIds.shape[0]!, words.shape[1]!];
    const sum = runtime.output([tokens, width]);
    const perChunk = Math.ceil(CHUNK / width);
    const given = [words, positions, types, wordIds, positionIds, typeIds, sum];
    const args = [...given.map((tensor) => runtime.at(tensor)), tokens, width, perChunk];
    runtime.run('embed', args, Math.ceil(tokens / perChunk));
    return sum;
  });
}
