// Column sums on WASM.
import { registerKernel } from '../kernelToken.ts';
import type { WasmRuntime } from '../wasm/runtime.ts';
import { COLUMN_SUM } from './columnSum.ts';

const COLUMNS_PER_CHUNK = 32;

export function registerColumnSumOnWasm(runtime: WasmRuntime): void {
  registerKernel(COLUMN_SUM, 'wasm', ({ x }) => {
    const [rowCount, width] = x.shape as [number, number];
    const sums = runtime.output([width]);
    const args = { x, rowCount, width, sums, columnsPerChunk: COLUMNS_PER_CHUNK };
    runtime.run('columnSum', args, Math.ceil(width / COLUMNS_PER_CHUNK));
    return { sums };
  });
}
