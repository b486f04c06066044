// Tensors of zeros on WASM, for kernels that write only some rows of their output.
import type * as tf from '@tensorflow/tfjs-core';
import type { WasmRuntime } from '../wasm/runtime.ts';

const BYTES_PER_CHUNK = 1 << 18;

/** Fills a tensor with 0. */
export function fillWithZeros(runtime: WasmRuntime, x: tf.TensorInfo): void {
  const bytes = 4 * x.shape.reduce((a, b) => a * b, 1);
  const args = { x, bytes, bytesPerChunk: BYTES_PER_CHUNK };
  runtime.run('zero', args, Math.ceil(bytes / BYTES_PER_CHUNK));
}
