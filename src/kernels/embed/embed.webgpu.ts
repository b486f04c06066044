// The embedding lookup and the gradient of its tables as kernels of the WebGPU backend.
import { output } from '../buffers.webgpu.ts';
import { dispatch } from '../dispatch.webgpu.ts';
import { elementType, flatWorkgroups } from '../wgsl.ts';
import { registerKernel } from '../kernelToken.ts';
import { scatterRows } from '../scatterRows/scatterRows.webgpu.ts';
import { EMBED, EMBED_GRADIENT } from './embed.ts';
import { embedCode } from './embed.wgsl.ts';

export function registerEmbedOnWebGpu(): void {
  registerKernel(EMBED, 'webgpu', (inputs, _, backend) => {
    const { words, positions, types, wordIds, positionIds, typeIds } = inputs;
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
    return { y };
  });
  registerKernel(EMBED_GRADIENT, 'webgpu', ({ dy, ...ids }, { words, positions, types }, backend) => {
    const [dWords, dPositions, dTypes] = scatterRows(backend, dy, [
      { ids: ids.wordIds, rows: words },
      { ids: ids.positionIds, rows: positions },
      { ids: ids.typeIds, rows: types },
    ]);
    return { dWords: dWords!, dPositions: dPositions!, dTypes: dTypes! };
  });
}
