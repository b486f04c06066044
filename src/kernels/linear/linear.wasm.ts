// Dense layer on WASM: the sums start from the bias, and GELU is applied while the rows are in the cache.
import { registerKernel } from '../kernelToken.ts';
import { multiplyMatrices } from '../matMul/matMul.wasm.ts';
import type { WasmRuntime } from '../wasm/runtime.ts';
import { fillWithZeros } from '../zeros/zeros.wasm.ts';
import { LINEAR } from './linear.ts';

export function registerLinearOnWasm(runtime: WasmRuntime): void {
  registerKernel(LINEAR, 'wasm', ({ x, weight, bias, rows }, { gelu }) => {
    const [m, k] = x.shape as [number, number];
    const n = weight.shape[0]!;
    const z = runtime.output([m, n]);
    const y = gelu ? runtime.output([m, n]) : undefined;
    for (const output of rows ? [z, y] : []) if (output) fillWithZeros(runtime, output);
    const operands = { a: x, b: weight, c: z, bias, gelu: y, rows };
    multiplyMatrices(runtime, { m, n, k, ...operands, transposeA: false, transposeB: true });
    return y ? { y, z } : { y: z };
  });
}
