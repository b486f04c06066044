// InfoNCE and its gradient as kernels of the WebGPU backend.
import { output, release } from '../buffers.webgpu.ts';
import { dispatch } from '../dispatch.webgpu.ts';
import { elementType, flatWorkgroups } from '../wgsl.ts';
import { registerKernel, type InputsOf, type OutputsOf } from '../kernelToken.ts';
import type { WebGpuBackend } from '../tfjsBackends.ts';
import { kernelConfigFor } from '../tuning.ts';
import { INFO_NCE, INFO_NCE_GRADIENT, type InfoNCEAttributes } from './infoNCE.ts';
import { infoNceGradientCode, infoNceRowsCode, meanCode, ROWS_OF_ONE } from './infoNCE.wgsl.ts';

function infoNCE(
  { vectors, index }: InputsOf<typeof INFO_NCE>,
  { anchors, columns, temperature }: InfoNCEAttributes,
  backend: WebGpuBackend,
): OutputsOf<typeof INFO_NCE> {
  const { type, count: width } = elementType(vectors.shape[1]!);
  const [loss, losses] = [output(backend, []), output(backend, [anchors])];
  const [probabilities, products] = [
    output(backend, [anchors, columns]),
    output(backend, [anchors, columns]),
  ];
  const inverses = output(backend, [anchors + columns]);
  const lanes = kernelConfigFor(backend).software ? 1 : 64;
  dispatch(backend, {
    key: `semblance_infoNceRows_${type}_${lanes}`,
    code: () => infoNceRowsCode(type, lanes),
    writes: [probabilities, products, inverses, losses],
    reads: [vectors, index],
    uniforms: [anchors, columns, width, { f32: temperature }],
    workgroups: flatWorkgroups(anchors, lanes === 1 ? ROWS_OF_ONE : 1),
  });
  dispatch(backend, {
    key: 'semblance_mean',
    code: meanCode,
    writes: [loss],
    reads: [losses],
    uniforms: [anchors],
    workgroups: [1, 1, 1],
  });
  release(backend, losses);
  return { loss, probabilities, products, inverses };
}

function infoNceGradient(
  { dy, vectors, index, probabilities, products, inverses }: InputsOf<typeof INFO_NCE_GRADIENT>,
  { anchors, columns, temperature }: InfoNCEAttributes,
  backend: WebGpuBackend,
): OutputsOf<typeof INFO_NCE_GRADIENT> {
  const [rows, features] = vectors.shape as [number, number];
  const { type, count: width } = elementType(features);
  const gradient = output(backend, [rows, features]);
  dispatch(backend, {
    key: `semblance_infoNceGradient_${type}`,
    code: () => infoNceGradientCode(type),
    writes: [gradient],
    reads: [dy, vectors, index, probabilities, products, inverses],
    uniforms: [rows, anchors, columns, width, { f32: temperature }],
    workgroups: flatWorkgroups(rows * width),
  });
  return { gradient };
}

export function registerInfoNceOnWebGpu(): void {
  registerKernel(INFO_NCE, 'webgpu', infoNCE);
  registerKernel(INFO_NCE_GRADIENT, 'webgpu', infoNceGradient);
}
