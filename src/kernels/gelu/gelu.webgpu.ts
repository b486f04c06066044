// The gradient of GELU as a kernel of the WebGPU backend.
import * as tf from '@tensorflow/tfjs-core';
import { dispatch, elementType, flatWorkgroups, output } from '../dispatch.webgpu.ts';
import { registerKernel } from '../kernelToken.ts';
import { GELU_GRADIENT } from './gelu.ts';
import { geluGradientCode } from './gelu.wgsl.ts';

export function registerGeluOnWebGpu(): void {
  registerKernel(GELU_GRADIENT, 'webgpu', ({ dy, z }, _, backend) => {
    const dz = output(backend, z.shape);
    const { type, count } = elementType(tf.util.sizeFromShape(z.shape));
    dispatch(backend, {
      key: `semblance_geluGradient_${type}`,
      code: () => geluGradientCode(type),
      writes: [dz],
      reads: [dy, z],
      uniforms: [count],
      workgroups: flatWorkgroups(count),
    });
    return { dz };
  });
}
