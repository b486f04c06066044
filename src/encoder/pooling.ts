// From token states to one vector per sentence.
import * as tf from '@tensorflow/tfjs-core';
import { gatherRows } from '../kernels/gatherRows/gatherRows.ts';
import type { TokenBatch } from '../tokenizer/pad.ts';

export type Pooling = 'cls' | 'mean' | 'mask';

/**
 *   cls    the state at position 0
 *   mean   the mean over real tokens, [CLS] and [SEP] included
 *   mask   the state at position (real tokens - 2): the prompt's [MASK] (models.py:265-270 of the authors' code)
 * @param states [rows, length, hidden]. Returns [rows, hidden].
 */
export function pool(states: tf.Tensor3D, batch: TokenBatch, pooling: Pooling): tf.Tensor2D {
  const { rows, length, lengths } = batch;
  return tf.tidy(() => {
    if (pooling === 'mean') {
      const weights = new Float32Array(rows * length);
      for (let r = 0; r < rows; r++) weights.fill(1 / lengths[r]!, r * length, r * length + lengths[r]!);
      return tf.sum<tf.Tensor2D>(tf.mul(states, tf.tensor3d(weights, [rows, length, 1])), 1);
    }
    const place = (r: number) => (pooling === 'cls' ? 0 : Math.max(0, lengths[r]! - 2));
    const places = Int32Array.from({ length: rows }, (_, r) => r * length + place(r));
    const flat = tf.reshape(states, [rows * length, states.shape[2]]);
    return gatherRows(flat as tf.Tensor2D, places);
  });
}
