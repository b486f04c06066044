// Attention and its gradient as kernels of the WebGPU backend.
import type * as tf from '@tensorflow/tfjs-core';
import { output, release } from '../buffers.webgpu.ts';
import { dispatch } from '../dispatch.webgpu.ts';
import { elementType, flatWorkgroups } from '../wgsl.ts';
import { maskUniforms } from '../dropout/dropout.webgpu.ts';
import { registerKernel, type InputsOf, type OutputsOf } from '../kernelToken.ts';
import type { WebGpuBackend } from '../tfjsBackends.ts';
import { kernelConfigFor } from '../tuning.ts';
import { ATTENTION, ATTENTION_GRADIENT, type AttentionAttributes } from './attention.ts';
import {
  attentionCode,
  variantKey,
  keyGradientCode,
  queryGradientCode,
  type AttentionVariant,
} from './attention.wgsl.ts';

/** Values shared by the dispatches over one batch. */
function planOf(backend: WebGpuBackend, q: tf.TensorInfo, attrs: AttentionAttributes) {
  const [tokens, hidden] = q.shape as [number, number];
  const { heads, length } = attrs;
  const rows = tokens / length;
  const { type, count: units } = elementType(hidden / heads);
  const { software } = kernelConfigFor(backend);
  const mask = attrs.threshold > 0;
  const variant = (several: number): AttentionVariant => ({
    type,
    units,
    tokens: software ? several : 1,
    size: software ? 4 : 64,
    mask,
  });
  const scale = { f32: 1 / Math.sqrt(hidden / heads) };
  const shared = { uniforms: [rows, heads, length, scale, ...maskUniforms(attrs)], changing: mask };
  const workgroups = ({ tokens: own, size }: AttentionVariant) =>
    flatWorkgroups(rows * heads * Math.ceil(length / own), size);
  return { rows, variant, shared, workgroups };
}

function attention(
  { q, k, v, lengths }: InputsOf<typeof ATTENTION>,
  attrs: AttentionAttributes,
  backend: WebGpuBackend,
): OutputsOf<typeof ATTENTION> {
  const { rows, variant, shared, workgroups } = planOf(backend, q, attrs);
  const context = output(backend, q.shape);
  const probabilities = output(backend, [rows, attrs.heads, attrs.length, attrs.length]);
  const own = variant(4);
  dispatch(backend, {
    ...shared,
    key: variantKey('attention', own),
    code: () => attentionCode(own),
    writes: [context, probabilities],
    reads: [q, k, v, lengths],
    workgroups: workgroups(own),
  });
  return { context, probabilities };
}

function attentionGradient(
  { dy, q, k, v, probabilities, lengths }: InputsOf<typeof ATTENTION_GRADIENT>,
  attrs: AttentionAttributes,
  backend: WebGpuBackend,
): OutputsOf<typeof ATTENTION_GRADIENT> {
  const { variant, shared, workgroups } = planOf(backend, q, attrs);
  const [dq, dk, dv] = [output(backend, q.shape), output(backend, q.shape), output(backend, q.shape)];
  const dScores = output(backend, probabilities.shape);
  const [queries, keys] = [variant(4), variant(2)];
  dispatch(backend, {
    ...shared,
    key: variantKey('attentionQueryGradient', queries),
    code: () => queryGradientCode(queries),
    writes: [dq, dScores],
    reads: [dy, k, v, probabilities, lengths],
    workgroups: workgroups(queries),
  });
  dispatch(backend, {
    ...shared,
    key: variantKey('attentionKeyGradient', keys),
    code: () => keyGradientCode(keys),
    writes: [dk, dv],
    reads: [dy, q, dScores, probabilities, lengths],
    workgroups: workgroups(keys),
  });
  release(backend, dScores);
  return { dq, dk, dv };
}

export function registerAttentionOnWebGpu(): void {
  registerKernel(ATTENTION, 'webgpu', attention);
  registerKernel(ATTENTION_GRADIENT, 'webgpu', attentionGradient);
}
