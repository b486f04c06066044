// Dropout as a kernel of the WebGPU backend, and a mask as uniforms of the kernels that have one inside.
import * as tf from '@tensorflow/tfjs-core';
import type { Word } from '../dispatch.webgpu.ts';
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
  tf.registerKernel({
    kernelName: DROPOUT,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const attributes = attrs as unknown as DropoutAttributes;
      return runProgram(
        backend,
        dropoutProgram(inputs.x!.shape),
        [inputs.x!],
        [
          { type: 'uint32', data: [attributes.key0, attributes.key1] },
          { type: 'uint32', data: [attributes.threshold] },
          { type: 'float32', data: [keptScale(attributes.threshold)] },
        ],
      );
    },
  });
}
