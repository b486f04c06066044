// Dropout as a kernel of the WebGPU backend, and a mask as uniforms of the kernels that have one inside.
import type { Word } from '../dispatch.webgpu.ts';
import { registerKernel } from '../kernelToken.ts';
import { runProgram } from '../program.ts';
import { DROPOUT, keptScale, type DropoutAttributes } from './dropout.ts';
import { dropoutProgram } from './dropout.wgsl.ts';

/** The uniforms MASK_UNIFORMS. */
export function maskWords({ key0, key1, threshold }: DropoutAttributes): Word[] {
  // Without a mask the key plays no part: equal words share a buffer.
  return threshold === 0
    ? [0, 0, 0, { f32: 1 }]
    : [key0 >>> 0, key1 >>> 0, threshold, { f32: keptScale(threshold) }];
}

export function registerDropoutOnWebGpu(): void {
  registerKernel(DROPOUT, 'webgpu', ({ x }, { key0, key1, threshold }, backend) => ({
    y: runProgram(
      backend,
      dropoutProgram(x.shape),
      [x],
      [
        { type: 'uint32', data: [key0, key1] },
        { type: 'uint32', data: [threshold] },
        { type: 'float32', data: [keptScale(threshold)] },
      ],
    ),
  }));
}
