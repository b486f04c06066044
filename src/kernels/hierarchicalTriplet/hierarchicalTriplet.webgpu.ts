// The hierarchical triplet loss and its gradient as kernels of the WebGPU backend.
import * as tf from '@tensorflow/tfjs-core';
import { dispatch, elementType, flatWorkgroups, output } from '../dispatch.webgpu.ts';
import { kernelConfigFor } from '../tuning.ts';
import { TRIPLET, TRIPLET_GRADIENT, type TripletGroups } from './hierarchicalTriplet.ts';
import { tripletCode, tripletGradientCode } from './hierarchicalTriplet.wgsl.ts';

type Tensors = Record<string, tf.TensorInfo>;

function triplet(backend: unknown, inputs: Tensors, given: TripletGroups): tf.TensorInfo[] {
  const { vectors, margins } = inputs as Record<'vectors' | 'margins', tf.TensorInfo>;
  const { from, groups, sentences } = given;
  const { type, count: width } = elementType(vectors.shape[1]!);
  const loss = output(backend, []);
  const cosines = output(backend, [groups, sentences - 1]);
  const inverses = output(backend, [groups, sentences]);
  const lanes = kernelConfigFor(backend).software ? 1 : 64;
  dispatch(backend, {
    key: `semblance_triplet_${type}_${lanes}`,
    code: () => tripletCode(type, lanes),
    writes: [loss, cosines, inverses],
    reads: [vectors, margins],
    uniforms: [from, groups, sentences, width],
    workgroups: [1, 1, 1],
  });
  return [loss, cosines, inverses];
}

function tripletGradient(backend: unknown, inputs: Tensors, given: TripletGroups): tf.TensorInfo {
  const { dy, vectors, margins, cosines, inverses } = inputs as Record<
    'dy' | 'vectors' | 'margins' | 'cosines' | 'inverses',
    tf.TensorInfo
  >;
  const { from, groups, sentences } = given;
  const [rows, features] = vectors.shape as [number, number];
  const { type, count: width } = elementType(features);
  const gradient = output(backend, [rows, features]);
  dispatch(backend, {
    key: `semblance_tripletGradient_${type}`,
    code: () => tripletGradientCode(type),
    writes: [gradient],
    reads: [dy, vectors, margins, cosines, inverses],
    uniforms: [from, groups, sentences, width, rows],
    workgroups: flatWorkgroups(rows * width),
  });
  return gradient;
}

export function registerTripletOnWebGpu(): void {
  for (const [kernelName, run] of [
    [TRIPLET, triplet],
    [TRIPLET_GRADIENT, tripletGradient],
  ] as const) {
    tf.registerKernel({
      kernelName,
      backendName: 'webgpu',
      kernelFunc: ({ inputs, backend, attrs }) =>
        run(backend, inputs as Tensors, attrs as unknown as TripletGroups),
    });
  }
}
