// Rows added into a table by id, on WASM.
import type * as tf from '@tensorflow/tfjs-core';
import { zeroed } from '../matMul/matMul.wasm.ts';
import { register, type WasmRuntime } from '../wasm/runtime.ts';
import { SCATTER_ROWS, type ScatterRowsAttributes } from './scatterRows.ts';

/** Columns of one chunk, as in scatterRows.as.ts. */
const WIDTH = 32;

export function registerScatterRowsOnWasm(runtime: WasmRuntime): void {
  register(runtime, SCATTER_ROWS, (_, inputs, { rows }: ScatterRowsAttributes) => {
    const { dy, ids } = inputs as Record<'dy' | 'ids', tf.TensorInfo>;
    const width = dy.shape[1]!;
    const table = runtime.output([rows, width]);
    zeroed(runtime, table);
    const args = [runtime.at(dy), runtime.at(ids), runtime.at(table), ids.shape[0]!, rows, width];
    runtime.run('scatterRows', args, Math.ceil(width / WIDTH));
    return table;
  });
}
