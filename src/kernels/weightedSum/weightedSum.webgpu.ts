// Weighted sums of scalars as kernels of the WebGPU backend.
import type * as tf from '@tensorflow/tfjs-core';
import { output } from '../buffers.webgpu.ts';
import { dispatch } from '../dispatch.webgpu.ts';
import { header } from '../wgsl.ts';
import { registerKernel } from '../kernelToken.ts';
import type { WebGpuBackend } from '../tfjsBackends.ts';
import { SCALE, WEIGHTED_SUM } from './weightedSum.ts';

/** WGSL that computes one value from scalars. */
function scalarCode(names: readonly string[], value: string): string {
  const reads = Object.fromEntries(names.map((name) => [name, 'f32']));
  return `${header({ y: 'f32' }, reads, 'weight : f32')}
  @compute @workgroup_size(1) fn main() { y[0] = ${value}; }`;
}

/** @param inputs the scalars used by `value`, a WGSL expression */
function scalar(
  backend: WebGpuBackend,
  name: string,
  inputs: Record<string, tf.TensorInfo>,
  value: string,
  weight: number,
): { y: tf.TensorInfo } {
  const y = output(backend, []);
  dispatch(backend, {
    key: `semblance_${name}`,
    code: () => scalarCode(Object.keys(inputs), value),
    writes: [y],
    reads: Object.values(inputs),
    uniforms: [{ f32: weight }],
    workgroups: [1, 1, 1],
  });
  return { y };
}

export function registerWeightedSumOnWebGpu(): void {
  registerKernel(WEIGHTED_SUM, 'webgpu', ({ a, b }, { weight }, backend) =>
    scalar(backend, WEIGHTED_SUM.name, { a, b }, 'a[0] + uniforms.weight * b[0]', weight),
  );
  registerKernel(SCALE, 'webgpu', ({ x }, { weight }, backend) =>
    scalar(backend, SCALE.name, { x }, 'uniforms.weight * x[0]', weight),
  );
}
