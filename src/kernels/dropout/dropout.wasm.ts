// Dropout on WASM: with SIMD where our module runs, otherwise in plain JavaScript.
import { registerKernel } from '../kernelToken.ts';
import { wasmValues } from '../tfjsBackends.ts';
import type { WasmRuntime } from '../wasm/runtime.ts';
import { composedDropout, DROPOUT, dropoutScale, type DropoutAttributes } from './dropout.ts';

/** Elements per chunk; a multiple of 4. */
const PER_CHUNK = 16384;

/** The kernel arguments of a mask. */
export function maskArguments({ key0, key1, threshold }: DropoutAttributes) {
  return { key0, key1, threshold, dropoutScale: dropoutScale(threshold) };
}

export function registerDropoutOnWasm(runtime: WasmRuntime): void {
  registerKernel(DROPOUT, 'wasm', ({ x }, mask) => {
    const y = runtime.output(x.shape);
    const size = x.shape.reduce((a, b) => a * b, 1);
    const args = { x, y, size, ...maskArguments(mask), perChunk: PER_CHUNK };
    runtime.run('dropout', args, Math.ceil(size / PER_CHUNK));
    return { y };
  });
}

/** For machines without SIMD. */
export function registerPlainDropoutOnWasm(): void {
  registerKernel(DROPOUT, 'wasm', ({ x }, attributes, backend) => {
    const y = backend.makeOutput(x.shape, 'float32');
    composedDropout(wasmValues(backend, x), wasmValues(backend, y), attributes);
    return { y };
  });
}
