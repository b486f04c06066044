// Attention on WASM: a chunk is one head of one row.
import type * as tf from '@tensorflow/tfjs-core';
import { keptScale, type DropoutAttributes } from '../dropout/dropout.ts';
import { bits, register, type WasmRuntime } from '../wasm/runtime.ts';
import { ATTENTION, ATTENTION_GRADIENT } from './attention.ts';

interface Attributes extends DropoutAttributes {
  heads: number;
  length: number;
  onlyTokens: boolean;
}

/** The end of both kernels' arguments. */
function common(hidden: number, { heads, length, onlyTokens, ...mask }: Attributes): number[] {
  const { key0, key1, threshold } = mask;
  const scale = 1 / Math.sqrt(hidden / heads);
  return [heads, length, hidden, key0, key1, threshold, bits(keptScale(threshold)), bits(scale), +onlyTokens];
}

export function registerAttentionOnWasm(runtime: WasmRuntime): void {
  const addresses = (...tensors: tf.TensorInfo[]) => tensors.map((tensor) => runtime.at(tensor));
  const placesOf = ({ places }: tf.NamedTensorInfoMap) => (places ? runtime.at(places) : 0);
  const work = (hidden: number, { heads, length }: Attributes) =>
    runtime.module.attentionWork(length, hidden / heads);

  register(runtime, ATTENTION, (_, inputs, attributes: Attributes) => {
    const { q, k, v, lengths } = inputs as Record<'q' | 'k' | 'v' | 'lengths', tf.TensorInfo>;
    const { heads, length } = attributes;
    const [tokens, hidden] = q.shape as [number, number];
    const rows = tokens / length;
    const context = runtime.output(q.shape);
    const probabilities = runtime.output([rows, heads, length, length]);
    const args = [
      ...addresses(q, k, v, lengths, context, probabilities),
      ...common(hidden, attributes),
      placesOf(inputs),
    ];
    runtime.run('attention', args, rows * heads, work(hidden, attributes));
    return [context, probabilities];
  });
  register(runtime, ATTENTION_GRADIENT, (_, inputs, attributes: Attributes) => {
    const { dy, q, k, v, probabilities, lengths } = inputs as Record<
      'dy' | 'q' | 'k' | 'v' | 'probabilities' | 'lengths',
      tf.TensorInfo
    >;
    const { heads, length } = attributes;
    const [tokens, hidden] = q.shape as [number, number];
    const [dq, dk, dv] = [runtime.output(q.shape), runtime.output(q.shape), runtime.output(q.shape)];
    const given = addresses(dy, q, k, v, probabilities, lengths, dq, dk, dv);
    const args = [...given, ...common(hidden, attributes), placesOf(inputs)];
    runtime.run('attentionGradient', args, (tokens / length) * heads, work(hidden, attributes));
    return [dq, dk, dv];
  });
}
