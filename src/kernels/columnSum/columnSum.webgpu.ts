// Column sums as a kernel of the WebGPU backend: in one piece on a processor, by parts of the rows on a GPU.
import * as tf from '@tensorflow/tfjs-core';
import { dispatch, elementType, output, release } from '../dispatch.webgpu.ts';
import { addParts } from '../matMul/matMul.webgpu.ts';
import { suitedTo } from '../tuning.ts';
import { COLUMN_SUM } from './columnSum.ts';
import { columnSumCode } from './columnSum.wgsl.ts';

/** Rows that one invocation adds up on a GPU. */
const SHARE = 32;

/** Column sums of x [rows, columns], and with y those of x * y: one or two tensors [columns]. */
export function columnSums(backend: unknown, x: tf.TensorInfo, y?: tf.TensorInfo): tf.TensorInfo[] {
  const [rows, columns] = x.shape as [number, number];
  const { software } = suitedTo(backend);
  const parts = software ? 1 : Math.max(1, Math.min(256, Math.ceil(rows / SHARE)));
  const { type, count } = elementType(columns);
  const size = software ? 4 : 32;
  const make = () => output(backend, parts === 1 ? [columns] : [parts, columns]);
  const sums = y ? [make(), make()] : [make()];
  dispatch(backend, {
    key: `semblance_columnSum_${type}_${sums.length}_${size}`,
    code: () => columnSumCode(type, y !== undefined, size),
    writes: sums,
    reads: y ? [x, y] : [x],
    uniforms: [rows, count, Math.ceil(rows / parts)],
    workgroups: [Math.ceil(count / size), parts, 1],
  });
  if (parts === 1) return sums;
  return sums.map((part) => {
    const total = output(backend, [columns]);
    addParts(backend, part, total);
    release(backend, part);
    return total;
  });
}

export function registerColumnSumOnWebGpu(): void {
  tf.registerKernel({
    kernelName: COLUMN_SUM,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend }) => columnSums(backend, inputs.x as tf.TensorInfo)[0]!,
  });
}
