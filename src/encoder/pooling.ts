// Pooling: from token states to one vector per sentence.
import * as tf from '@tensorflow/tfjs-core';
import { gatherRows } from '../kernels/gatherRows/gatherRows.ts';
import { meanTokens } from '../kernels/meanTokens/meanTokens.ts';
import type { TokenBatch } from '../tokenizer/pad.ts';

export type Pooling = 'cls' | 'mean' | 'mask';

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
