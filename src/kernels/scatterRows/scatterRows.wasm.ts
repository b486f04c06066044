// Adding rows to a table by id, on WASM.
import { registerKernel } from '../kernelToken.ts';
import type { WasmRuntime } from '../wasm/runtime.ts';
import { fillWithZeros } from '../zeros/zeros.wasm.ts';
import { SCATTER_ROWS } from './scatterRows.ts';

const COLUMNS_PER_CHUNK = 32;

export function registerScatterRowsOnWasm(runtime: WasmRuntime): void {
  registerKernel(SCATTER_ROWS, 'wasm', ({ dy, ids }, { rows }) => {
    const width = dy.shape[1]!;
    const table = runtime.output([rows, width]);
    fillWithZeros(runtime, table);
    const sizes = { tokens: ids.shape[0]!, tableRows: rows, width, columnsPerChunk: COLUMNS_PER_CHUNK };
    runtime.run('scatterRows', { dy, ids, table, ...sizes }, Math.ceil(width / COLUMNS_PER_CHUNK));
    return { table };
  });
}
