// Dropout on WASM: by SIMD where our module runs, else by the plain form.
import * as tf from '@tensorflow/tfjs-core';
import { wasmHeap, type WasmBackendLike } from '../program.ts';
import { bits, register, type WasmRuntime } from '../wasm/runtime.ts';
import { composedDropout, DROPOUT, keptScale, type DropoutAttributes } from './dropout.ts';

/** Elements of one chunk; a multiple of 4. */
const CHUNK = 16384;

export function registerDropoutOnWasm(runtime: WasmRuntime): void {
  register(runtime, DROPOUT, (_, inputs, { key0, key1, threshold }: DropoutAttributes) => {
    const x = inputs.x!;
    const y = runtime.output(x.shape);
    const size = x.shape.reduce((a, b) => a * b, 1);
    const mask = [key0, key1, threshold, bits(keptScale(threshold)), CHUNK];
    runtime.run('dropout', [runtime.at(x), runtime.at(y), size, ...mask], Math.ceil(size / CHUNK));
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
