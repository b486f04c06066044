// Column sums on WASM.
import { register, type WasmRuntime } from '../wasm/runtime.ts';
import { COLUMN_SUM } from './columnSum.ts';

const COLUMNS_PER_CHUNK = 32;

export function registerColumnSumOnWasm(runtime: WasmRuntime): void {
  register(runtime, COLUMN_SUM, (_, inputs) => {
    const x = inputs.x!;
    const [rowCount, width] = x.shape as [number, number];
    const sums = runtime.output([width]);
    const args = { x, rowCount, width, sums, columnsPerChunk: COLUMNS_PER_CHUNK };
    runtime.run('columnSum', args, Math.ceil(width / COLUMNS_PER_CHUNK));
    return sums;
  });
}
