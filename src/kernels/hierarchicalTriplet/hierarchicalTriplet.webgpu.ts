// The hierarchical triplet loss and its gradient as kernels of the WebGPU backend.
import { output } from '../buffers.webgpu.ts';
import { dispatch } from '../dispatch.webgpu.ts';
import { elementType, flatWorkgroups } from '../wgsl.ts';
import { registerKernel, type InputsOf, type OutputsOf } from '../kernelToken.ts';
import type { WebGpuBackend } from '../tfjsBackends.ts';
import { kernelConfigFor } from '../tuning.ts';
import { TRIPLET, TRIPLET_GRADIENT, type TripletGroups } from './hierarchicalTriplet.ts';
import { tripletCode, tripletGradientCode } from './hierarchicalTriplet.wgsl.ts';

function triplet(
  { vectors, margins }: InputsOf<typeof TRIPLET>,
  { from, groups, sentences }: TripletGroups,
  backend: WebGpuBackend,
): OutputsOf<typeof TRIPLET> {
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
  return { loss, cosines, inverses };
}

function tripletGradient(
  { dy, vectors, margins, cosines, inverses }: InputsOf<typeof TRIPLET_GRADIENT>,
  { from, groups, sentences }: TripletGroups,
  backend: WebGpuBackend,
): OutputsOf<typeof TRIPLET_GRADIENT> {
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
  return { gradient };
}

export function registerTripletOnWebGpu(): void {
  registerKernel(TRIPLET, 'webgpu', triplet);
  registerKernel(TRIPLET_GRADIENT, 'webgpu', tripletGradient);
}
