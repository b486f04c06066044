// Dropout on WASM: with SIMD where our module runs, else in plain JavaScript.
import * as tf from '@tensorflow/tfjs-core';
import { wasmHeap, type WasmBackendLike } from '../program.ts';
import { register, type WasmRuntime } from '../wasm/runtime.ts';
import { composedDropout, DROPOUT, keptScale, type DropoutAttributes } from './dropout.ts';

/** A multiple of 4. */
const PER_CHUNK = 16384;

/** A mask as the kernels take it. */
export function maskArguments({ key0, key1, threshold }: DropoutAttributes) {
  return { key0, key1, threshold, keptScale: keptScale(threshold) };
}

export function registerDropoutOnWasm(runtime: WasmRuntime): void {
  register(runtime, DROPOUT, (_, inputs, mask: DropoutAttributes) => {
    const x = inputs.x!;
    const y = runtime.output(x.shape);
    const size = x.shape.reduce((a, b) => a * b, 1);
    const args = { x, y, size, ...maskArguments(mask), perChunk: PER_CHUNK };
    runtime.run('dropout', args, Math.ceil(size / PER_CHUNK));
    return y;
  });
}

/** For machines without SIMD. */
export function registerPlainDropoutOnWasm(): void {
  tf.registerKernel({
    kernelName: DROPOUT,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const wasm = backend as WasmBackendLike;
      const output = wasm.makeOutput(inputs.x!.shape, 'float32');
      composedDropout(
        wasmHeap(wasm, inputs.x!),
        wasmHeap(wasm, output),
        attrs as unknown as DropoutAttributes,
      );
      return output;
    },
  });
}
