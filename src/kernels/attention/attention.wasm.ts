// Attention on WASM: a chunk is one head of one row.
import type * as tf from '@tensorflow/tfjs-core';
import type { DropoutAttributes } from '../dropout/dropout.ts';
import { maskArguments } from '../dropout/dropout.wasm.ts';
import { register, type WasmRuntime } from '../wasm/runtime.ts';
import { ATTENTION, ATTENTION_GRADIENT } from './attention.ts';

interface Attributes extends DropoutAttributes {
  heads: number;
  length: number;
  onlyTokens: boolean;
}

/** The arguments that both kernels share, beside their tensors. */
function sharedArguments(hidden: number, { heads, length, onlyTokens, ...mask }: Attributes) {
  const scale = 1 / Math.sqrt(hidden / heads);
  return { heads, length, hidden, ...maskArguments(mask), scale, onlyTokens };
}

export function registerAttentionOnWasm(runtime: WasmRuntime): void {
  const workspaceBytes = (hidden: number, { heads, length }: Attributes) =>
    runtime.exports.attentionWorkspace(length, hidden / heads);

  register(runtime, ATTENTION, (_, inputs, attributes: Attributes) => {
    const { q, k, v, lengths } = inputs as Record<'q' | 'k' | 'v' | 'lengths', tf.TensorInfo>;
    const { places } = inputs;
    const { heads, length } = attributes;
    const [tokens, hidden] = q.shape as [number, number];
    const rows = tokens / length;
    const context = runtime.output(q.shape);
    const probabilities = runtime.output([rows, heads, length, length]);
    const tensors = { q, k, v, lengths, places, context, probabilities };
    const args = { ...tensors, ...sharedArguments(hidden, attributes) };
    runtime.run('attention', args, rows * heads, workspaceBytes(hidden, attributes));
    return [context, probabilities];
  });
  register(runtime, ATTENTION_GRADIENT, (_, inputs, attributes: Attributes) => {
    const { dy, q, k, v, probabilities, lengths } = inputs as Record<
      'dy' | 'q' | 'k' | 'v' | 'probabilities' | 'lengths',
      tf.TensorInfo
    >;
    const { places } = inputs;
    const { heads, length } = attributes;
    const [tokens, hidden] = q.shape as [number, number];
    const [dq, dk, dv] = [runtime.output(q.shape), runtime.output(q.shape), runtime.output(q.shape)];
    const tensors = { dy, q, k, v, probabilities, lengths, places, dq, dk, dv };
    const args = { ...tensors, ...sharedArguments(hidden, attributes) };
    runtime.run('attentionGradient', args, (tokens / length) * heads, workspaceBytes(hidden, attributes));
    return [dq, dk, dv];
  });
}
