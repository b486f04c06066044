// Attention on WASM: one chunk of work is one head of one row.
import { maskArguments } from '../dropout/dropout.wasm.ts';
import { registerKernel } from '../kernelToken.ts';
import type { WasmRuntime } from '../wasm/runtime.ts';
import { ATTENTION, ATTENTION_GRADIENT, type AttentionAttributes } from './attention.ts';

/** The arguments that both kernels share, apart from their tensors. */
function sharedArguments(hidden: number, { heads, length, onlyTokens, ...mask }: AttentionAttributes) {
  const scale = 1 / Math.sqrt(hidden / heads);
  return { heads, length, hidden, ...maskArguments(mask), scale, onlyTokens };
}

export function registerAttentionOnWasm(runtime: WasmRuntime): void {
  const workspaceBytes = (hidden: number, { heads, length }: AttentionAttributes) =>
    runtime.exports.attentionWorkspace(length, hidden / heads);

  registerKernel(ATTENTION, 'wasm', ({ q, k, v, lengths, places }, attributes) => {
    const { heads, length } = attributes;
    const [tokens, hidden] = q.shape as [number, number];
    const rows = tokens / length;
    const context = runtime.output(q.shape);
    const probabilities = runtime.output([rows, heads, length, length]);
    const tensors = { q, k, v, lengths, places, context, probabilities };
    const args = { ...tensors, ...sharedArguments(hidden, attributes) };
    runtime.run('attention', args, rows * heads, workspaceBytes(hidden, attributes));
    return { context, probabilities };
  });
  registerKernel(ATTENTION_GRADIENT, 'wasm', (inputs, attributes) => {
    const { dy, q, k, v, probabilities, lengths, places } = inputs;
    const { heads, length } = attributes;
    const [tokens, hidden] = q.shape as [number, number];
    const [dq, dk, dv] = [runtime.output(q.shape), runtime.output(q.shape), runtime.output(q.shape)];
    const tensors = { dy, q, k, v, probabilities, lengths, places, dq, dk, dv };
    const args = { ...tensors, ...sharedArguments(hidden, attributes) };
    runtime.run('attentionGradient', args, (tokens / length) * heads, workspaceBytes(hidden, attributes));
    return { dq, dk, dv };
  });
}
