// Dropout as a kernel of the WebGPU backend, and a mask as uniforms for kernels that include dropout.
import { output, type UniformValue } from '../buffers.webgpu.ts';
import { dispatch } from '../dispatch.webgpu.ts';
import { registerKernel } from '../kernelToken.ts';
import { sizeOf } from '../tfjsBackends.ts';
import { flatWorkgroups } from '../wgsl.ts';
import { DROPOUT, dropoutScale, type DropoutAttributes } from './dropout.ts';
import { dropoutCode } from './dropout.wgsl.ts';

/** The values of MASK_UNIFORMS. */
export function maskUniforms({ key0, key1, threshold }: DropoutAttributes): UniformValue[] {
  // Without a mask the key is not used: equal values share a buffer.
  return threshold === 0
    ? [0, 0, 0, { f32: 1 }]
    : [key0 >>> 0, key1 >>> 0, threshold, { f32: dropoutScale(threshold) }];
}

export function registerDropoutOnWebGpu(): void {
  registerKernel(DROPOUT, 'webgpu', ({ x }, attributes, backend) => {
    const y = output(backend, x.shape);
    const size = sizeOf(x);
    dispatch(backend, {
      key: 'semblance_dropout',
      code: dropoutCode,
      writes: [y],
      reads: [x],
      uniforms: [size, ...maskUniforms(attributes)],
      changing: true,
      workgroups: flatWorkgroups(Math.ceil(size / 4)),
    });
    return { y };
  });
}
