// Hierarchical triplet loss (Li et al. 2024): on generated groups, similarity to the anchor must fall level by level.
//
//   HT = 1/P sum_p mean_b max(0, s[b, p+1] - s[b, p] + m_p)         P = levels - 1 adjacent pairs
//
// s[b, p] is the cosine of group b's anchor with its level p (level 1 the most similar), m_p the margin; with more
// pairs than margins the last margin is used again (models.py:406-424 of the authors' code). Plain form:
// hierarchicalTriplet.reference.ts.
import * as tf from '@tensorflow/tfjs-core';
import type { Watch } from '../kernels/watched.ts';
import { unitRows } from './infoNCE.ts';

/**
 * @param groups [b, sentences, d], sentence 0 the anchor, the rest from most to least similar. Returns a scalar.
 * @param watch is given "ht.cosines" [b, levels] and "ht.hinges" [b, pairs], before max(0, .)
 */
export function hierarchicalTriplet(
  groups: tf.Tensor3D,
  margins: readonly number[],
  watch?: Watch,
): tf.Scalar {
  return tf.tidy(() => {
    const [count, sentences, dimension] = groups.shape;
    const pairs = sentences - 2;
    if (pairs < 1) return tf.scalar(0);
    const unit = unitRows(groups);
    const anchor = tf.slice(unit, [0, 0, 0], [count, 1, dimension]);
    const others = tf.slice(unit, [0, 1, 0], [count, sentences - 1, dimension]);
    const similarity = tf.sum<tf.Tensor2D>(tf.mul(anchor, others), 2);
    watch?.('ht.cosines', similarity);
    const nearer = tf.slice(similarity, [0, 0], [count, pairs]);
    const farther = tf.slice(similarity, [0, 1], [count, pairs]);
    const margin = tf.tensor1d(Array.from({ length: pairs }, (_, p) => marginOf(margins, p)));
    const hinges = tf.add(tf.sub(farther, nearer), margin);
    watch?.('ht.hinges', hinges);
    return tf.mean<tf.Scalar>(tf.relu(hinges));
  });
}

/** The margin of level pair p; the last one serves all further pairs. */
export function marginOf(margins: readonly number[], pair: number): number {
  return margins[Math.min(pair, margins.length - 1)]!;
}
