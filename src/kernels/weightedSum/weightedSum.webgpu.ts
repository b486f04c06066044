// Sums of scalars as kernels of the WebGPU backend.
import * as tf from '@tensorflow/tfjs-core';
import { dispatch, header, output } from '../dispatch.webgpu.ts';
import { SCALED, WEIGHTED_SUM } from './weightedSum.ts';

type Name = 'a' | 'b' | 'x';

/** One value of scalars, in WGSL. */
function scalarCode(names: readonly Name[], value: string): string {
  const reads = Object.fromEntries(names.map((name) => [name, 'f32']));
  return `${header({ y: 'f32' }, reads, 'weight : f32')}
  @compute @workgroup_size(1) fn main() { y[0] = ${value}; }`;
}

function register(kernelName: string, names: readonly Name[], value: string): void {
  tf.registerKernel({
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const y = output(backend, []);
      dispatch(backend, {
        key: `semblance_${kernelName}`,
        code: () => scalarCode(names, value),
        writes: [y],
        reads: names.map((name) => inputs[name]!),
        uniforms: [{ f32: attrs!.weight as number }],
        workgroups: [1, 1, 1],
      });
      return y;
    },
  });
}

export function registerWeightedSumOnWebGpu(): void {
  register(WEIGHTED_SUM, ['a', 'b'], 'a[0] + uniforms.weight * b[0]');
  register(SCALED, ['x'], 'uniforms.weight * x[0]');
}
