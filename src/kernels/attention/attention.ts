// Scaled dot-product attention of several heads over a padded batch (Vaswani et al. 2017):
//
//   context = dropout(softmax(Q K^T / sqrt(head size) + mask)) V        for every row and head
//
// Kernel "SemblanceAttention" {q, k, v [rows * length, hidden], lengths, places? int32 [rows]}
//   {heads, length, key0, key1, threshold, onlyTokens}
//   -> [context [rows * length, hidden], probabilities [rows, heads, length, length] before dropout]
// Kernel "SemblanceAttentionGradient" {dy, q, k, v, probabilities, lengths, places?} {the same attributes}
//   -> [dq, dk, dv]
//
// Head h uses columns h * size to (h + 1) * size. Padding keys have probability 0 (a row of length 0 attends to all
// keys); rows are not renormalised after dropout. DropoutMask bits index the elements of [rows, heads, length,
// length].
import * as tf from '@tensorflow/tfjs-core';
import {
  dropout,
  maskAttributes,
  NO_MASK,
  type DropoutAttributes,
  type DropoutMask,
} from '../dropout/dropout.ts';
import { hasKernel, kernelToken, runKernel } from '../kernelToken.ts';
import { matMul } from '../matMul/matMul.ts';
import { differentiable } from '../differentiable.ts';

export interface AttentionAttributes extends DropoutAttributes {
  heads: number;
  length: number;
  onlyTokens: boolean;
}

export const ATTENTION = kernelToken('SemblanceAttention', {
  inputs: ['q', 'k', 'v', 'lengths', 'places?'],
  attributes: {} as AttentionAttributes,
  outputs: ['context', 'probabilities'],
});
export const ATTENTION_GRADIENT = kernelToken('SemblanceAttentionGradient', {
  inputs: ['dy', 'q', 'k', 'v', 'probabilities', 'lengths', 'places?'],
  attributes: {} as AttentionAttributes,
  outputs: ['dq', 'dk', 'dv'],
});

export interface AttentionArguments {
  /** [rows * length, hidden], as are k and v. */
  q: tf.Tensor2D;
  k: tf.Tensor2D;
  v: tf.Tensor2D;
  /** Number of real tokens in every row, int32 [rows]. */
  lengths: tf.Tensor1D;
  heads: number;
  /** Tokens per row, padding included. */
  length: number;
  /** Whether a kernel may skip queries at padding positions; their context and probabilities are then 0. */
  onlyTokens?: boolean;
  /** int32 [rows]: the single query position needed in each row (all when omitted); for the others see onlyTokens. */
  places?: tf.Tensor1D | undefined;
  /** Dropout of the probabilities; none if omitted. */
  mask?: DropoutMask;
  /** Called with the probabilities [rows, heads, length, length] before dropout; they live as long as the result. */
  tap?: ((probabilities: tf.Tensor4D) => void) | undefined;
}

/** Context vectors with the heads concatenated: [rows * length, hidden]. */
export function attention(given: AttentionArguments): tf.Tensor2D {
  return hasKernel(ATTENTION) ? fused(given) : composedAttention(given);
}

/** [rows * length, hidden] -> [rows, heads, length, head size]. */
function splitHeads(x: tf.Tensor2D, length: number, heads: number): tf.Tensor4D {
  const [tokens, hidden] = x.shape;
  return tf.transpose<tf.Tensor4D>(
    tf.reshape(x, [tokens / length, length, heads, hidden / heads]),
    [0, 2, 1, 3],
  );
}

/** 0 on tokens, -10000 on padding, as Hugging Face does; [rows, 1, 1, length]. */
function keyMask(lengths: tf.Tensor1D, length: number): tf.Tensor4D {
  return tf.tidy(() => {
    const places = tf.range(0, length, 1, 'int32');
    const padding = tf.greaterEqual(places, tf.reshape(lengths, [lengths.shape[0], 1, 1, 1]));
    return tf.mul<tf.Tensor4D>(tf.cast(padding, 'float32'), -10000);
  });
}

export function composedAttention(given: AttentionArguments): tf.Tensor2D {
  const { lengths, length, heads, mask } = given;
  const split = (x: tf.Tensor2D) => splitHeads(x, length, heads);
  const scale = 1 / Math.sqrt(given.q.shape[1] / heads);
  const scores = tf.mul(matMul(split(given.q), split(given.k), false, true), scale);
  const probabilities = tf.softmax(tf.add<tf.Tensor4D>(scores, keyMask(lengths, length)), -1);
  given.tap?.(probabilities);
  const kept = mask ? dropout(probabilities, mask.rate, mask.key) : probabilities;
  const context = matMul(kept, split(given.v));
  return tf.reshape<tf.Rank.R2>(tf.transpose(context, [0, 2, 1, 3]), given.q.shape);
}

function fused(given: AttentionArguments): tf.Tensor2D {
  const { q, k, v, lengths, heads, length, onlyTokens = false, places, mask = NO_MASK, tap } = given;
  const attributes = { heads, length, onlyTokens, ...maskAttributes(mask) };
  let tapped: tf.Tensor | undefined;
  const context = differentiable({
    inputs: { q, k, v },
    forward: () => {
      const inputs = { q, k, v, lengths, places };
      const { context: joined, probabilities } = runKernel(ATTENTION, inputs, attributes);
      if (tap) tapped = tf.keep(tf.clone(probabilities));
      return { value: joined as tf.Tensor2D, saved: { ...inputs, probabilities } };
    },
    backward: (dy, saved) => {
      const { dq, dk, dv } = runKernel(ATTENTION_GRADIENT, { dy, ...saved }, attributes);
      return { q: () => dq, k: () => dk, v: () => dv };
    },
  });
  if (tap && tapped) {
    // The copy belongs to the surrounding tidy, as the result does.
    tap(tf.clone(tapped) as tf.Tensor4D);
    tapped.dispose();
  }
  return context;
}
