// The gradient of GELU as a kernel of the WebGPU backend.
import { output } from '../buffers.webgpu.ts';
import { dispatch } from '../dispatch.webgpu.ts';
import { elementType, flatWorkgroups } from '../wgsl.ts';
import { registerKernel } from '../kernelToken.ts';
import { sizeOf } from '../tfjsBackends.ts';
import { GELU_GRADIENT } from './gelu.ts';
import { geluGradientCode } from './gelu.wgsl.ts';

export function registerGeluOnWebGpu(): void {
  registerKernel(GELU_GRADIENT, 'webgpu', ({ dy, z }, _, backend) => {
    const dz = output(backend, z.shape);
    const { type, count } = elementType(sizeOf(z));
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
