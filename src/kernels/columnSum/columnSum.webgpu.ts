// Column sums as a kernel of the WebGPU backend: in one pass on a software adapter, over parts of the rows on a
// hardware GPU.
import type * as tf from '@tensorflow/tfjs-core';
import { output, release } from '../buffers.webgpu.ts';
import { dispatch } from '../dispatch.webgpu.ts';
import { elementType } from '../wgsl.ts';
import { registerKernel } from '../kernelToken.ts';
import { reducePartials } from '../matMul/matMul.webgpu.ts';
import type { WebGpuBackend } from '../tfjsBackends.ts';
import { kernelConfigFor } from '../tuning.ts';
import { COLUMN_SUM } from './columnSum.ts';
import { columnSumCode } from './columnSum.wgsl.ts';

/** Rows per invocation on a GPU. */
const SHARE = 32;

/** Number of parts into which the rows are split, each summed by its own invocations. */
export function rowParts(backend: WebGpuBackend, rows: number): number {
  return kernelConfigFor(backend).software ? 1 : Math.max(1, Math.min(256, Math.ceil(rows / SHARE)));
}

function columnSum(backend: WebGpuBackend, x: tf.TensorInfo): tf.TensorInfo {
  const [rows, columns] = x.shape as [number, number];
  const parts = rowParts(backend, rows);
  const { type, count } = elementType(columns);
  const size = kernelConfigFor(backend).software ? 4 : 32;
  const sums = output(backend, parts === 1 ? [columns] : [parts, columns]);
  dispatch(backend, {
    key: `semblance_columnSum_${type}_${size}`,
    code: () => columnSumCode(type, size),
    writes: [sums],
    reads: [x],
    uniforms: [rows, count, Math.ceil(rows / parts)],
    workgroups: [Math.ceil(count / size), parts, 1],
  });
  if (parts === 1) return sums;
  const whole = output(backend, [columns]);
  reducePartials(backend, sums, whole);
  release(backend, sums);
  return whole;
}

export function registerColumnSumOnWebGpu(): void {
  registerKernel(COLUMN_SUM, 'webgpu', ({ x }, _, backend) => ({ sums: columnSum(backend, x) }));
}
