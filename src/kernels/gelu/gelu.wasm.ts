// GELU's gradient on WASM.
import { registerKernel } from '../kernelToken.ts';
import type { WasmRuntime } from '../wasm/runtime.ts';
import { GELU_GRADIENT } from './gelu.ts';

const PER_CHUNK = 16384;

export function registerGeluOnWasm(runtime: WasmRuntime): void {
  registerKernel(GELU_GRADIENT, 'wasm', ({ dy, z }) => {
    const dz = runtime.output(z.shape);
    const size = z.shape.reduce((a, b) => a * b, 1);
    const args = { dy, z, dz, size, perChunk: PER_CHUNK };
    runtime.run('geluGradient', args, Math.ceil(size / PER_CHUNK));
    return { dz };
  });
}
