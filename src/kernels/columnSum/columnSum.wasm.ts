// Column sums on WASM.
import { register, type WasmRuntime } from '../wasm/runtime.ts';
import { COLUMN_SUM } from './columnSum.ts';

/** Columns of one chunk, as in columnSum.as.ts. */
const WIDTH = 32;

export function registerColumnSumOnWasm(runtime: WasmRuntime): void {
  register(runtime, COLUMN_SUM, (_, inputs) => {
    const x = inputs.x!;
    const [rows, columns] = x.shape as [number, number];
    const sums = runtime.output([columns]);
    runtime.run('columnSum', [runtime.at(x), rows, columns, runtime.at(sums)], Math.ceil(columns / WIDTH));
    return sums;
  });
}
