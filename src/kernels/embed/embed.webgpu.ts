// The embedding lookup and the gradient of its tables as kernels of the WebGPU backend.
import * as tf from '@tensorflow/tfjs-core';
import { dispatch, elementType, flatWorkgroups, output } from '../dispatch.webgpu.ts';
import { scatterRows } from '../scatterRows/scatterRows.webgpu.ts';
import { EMBED, EMBED_GRADIENT, type EmbedGradientAttributes } from './embed.ts';
import { embedCode } from './embed.wgsl.ts';

type Inputs = Record<'words' | 'positions' | 'types' | 'wordIds' | 'positionIds' | 'typeIds', tf.TensorInfo>;

function embedGradient(
  backend: unknown,
  { dy, wordIds, positionIds, typeIds }: Record<'dy' | 'wordIds' | 'positionIds' | 'typeIds', tf.TensorInfo>,
  { words, positions, types }: EmbedGradientAttributes,
): tf.TensorInfo[] {
  return scatterRows(backend, dy, [
    { ids: wordIds, rows: words },
    { ids: positionIds, rows: positions },
    { ids: typeIds, rows: types },
  ]);
}

export function registerEmbedOnWebGpu(): void {
  tf.registerKernel({
    kernelName: EMBED_GRADIENT,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) =>
      embedGradient(
        backend,
        inputs as Parameters<typeof embedGradient>[1],
        attrs as unknown as EmbedGradientAttributes,
      ),
  });
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
