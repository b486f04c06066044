// The embedding lookup as a kernel of the WebGPU backend.
import * as tf from '@tensorflow/tfjs-core';
import { dispatch, elementType, flatWorkgroups, output } from '../dispatch.webgpu.ts';
import { EMBED } from './embed.ts';
import { embedCode } from './embed.wgsl.ts';

type Inputs = Record<'words' | 'positions' | 'types' | 'wordIds' | 'positionIds' | 'typeIds', tf.TensorInfo>;

export function registerEmbedOnWebGpu(): void {
  tf.registerKernel({
    kernelName: EMBED,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend }) => {
      const { words, positions, types, wordIds, positionIds, typeIds } = inputs as Inputs;
      const [tokens, features] = [wordIds.shape[0]!, words.shape[1]!];
      const { type, count: width } = elementType(features);
      const y = output(backend, [tokens, features]);
      dispatch(backend, {
        key: `semblance_embed_${type}`,
        code: () => embedCode(type),
        writes: [y],
        reads: [words, positions, types, wordIds, positionIds, typeIds],
        uniforms: [tokens, width],
        workgroups: flatWorkgroups(tokens * width),
      });
      return y;
    },
  });
}
