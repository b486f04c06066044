// Dense layer on WASM: the bias is where the sums begin, GELU follows while the rows are in the cache.
import type * as tf from '@tensorflow/tfjs-core';
import { listOf, product, zeroed } from '../matMul/matMul.wasm.ts';
import { register, type WasmRuntime } from '../wasm/runtime.ts';
import { LINEAR, type LinearAttributes } from './linear.ts';

export function registerLinearOnWasm(runtime: WasmRuntime): void {
  register(runtime, LINEAR, (_, inputs, { gelu }: LinearAttributes) => {
    const { x, weight, bias, rows } = inputs as Record<'x' | 'weight' | 'bias', tf.TensorInfo> & {
      rows?: tf.TensorInfo;
    };
    const [m, k] = x.shape as [number, number];
    const n = weight.shape[0]!;
    const z = runtime.output([m, n]);
    const y = gelu ? runtime.output([m, n]) : undefined;
    for (const output of rows ? [z, y] : []) if (output) zeroed(runtime, output);
    product(runtime, {
      m,
      n,
      k,
      a: runtime.at(x),
      b: runtime.at(weight),
      c: runtime.at(z),
      transposeA: false,
      transposeB: true,
      bias: runtime.at(bias),
      ...(y && { gelu: runtime.at(y) }),
      list: listOf(runtime, rows),
    });
    return y ? [y, z] : [z];
  });
}
