// Pooling: from token states to one vector per sentence.
import * as tf from '@tensorflow/tfjs-core';
import { gatherRows } from '../kernels/gatherRows/gatherRows.ts';
import { meanTokens } from '../kernels/meanTokens/meanTokens.ts';
import type { TokenBatch } from '../tokenizer/pad.ts';
import { Failure } from '../util/failure.ts';

export const POOLINGS = ['cls', 'mean', 'mask'] as const;

export type Pooling = (typeof POOLINGS)[number];

/**
 * The pooling that a model's folder states, or cls if it states none.
 * @throws Failure when the folder states one that is not supported
 */
export function statedPooling({
  name,
  pooling = 'cls',
}: {
  name: string;
  pooling: string | undefined;
}): Pooling {
  const known = POOLINGS.find((supported) => supported === pooling);
  if (known) return known;
  throw new Failure(
    `Model ${name} states the pooling "${pooling}", which is not supported; choose one of ${POOLINGS.join(', ')} instead.`,
  );
}

/** The one position per row whose state is read, [rows]; undefined if all are. */
export function poolingPlaces({ rows, lengths }: TokenBatch, pooling: Pooling): Int32Array | undefined {
  if (pooling === 'mean') return undefined;
  return Int32Array.from({ length: rows }, (_, r) => (pooling === 'cls' ? 0 : Math.max(0, lengths[r]! - 2)));
}

/**
 * Pools token states.
 *
 *   cls    the state at position 0
 *   mean   the mean over real tokens, [CLS] and [SEP] included
 *   mask   the state at position (real tokens - 2): the prompt's [MASK] (models.py:265-270 of the authors' code)
 * @param states [rows, length, hidden]. Returns [rows, hidden].
 */
export function pool(states: tf.Tensor3D, batch: TokenBatch, pooling: Pooling): tf.Tensor2D {
  const { rows, length, lengths } = batch;
  if (pooling === 'mean') return meanTokens(states, lengths);
  return tf.tidy(() => {
    const places = poolingPlaces(batch, pooling)!.map((place, row) => row * length + place);
    const flat = tf.reshape(states, [rows * length, states.shape[2]]);
    return gatherRows(flat as tf.Tensor2D, places);
  });
}
