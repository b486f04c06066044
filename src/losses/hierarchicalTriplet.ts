// Hierarchical triplet loss (HT; Li et al. 2024): similarity to the anchor must fall from level to level of a group.
//
//   HT = 1/P sum_p mean_b max(0, s[b, p+1] - s[b, p] + m_p)         P = levels - 1 adjacent pairs
//
// s[b, p] is the cosine of group b's anchor with its level p (level 1 is the most similar), m_p the margin. If there
// are more pairs than margins, the last margin is reused (models.py:406-424 of the authors' code). The float64
// reference is in hierarchicalTriplet.reference.ts.
import * as tf from '@tensorflow/tfjs-core';
import {
  fusedTriplet,
  TRIPLET,
  type TripletGroups,
} from '../kernels/hierarchicalTriplet/hierarchicalTriplet.ts';
import { hasKernel } from '../kernels/kernelToken.ts';
import type { TensorHook } from '../kernels/tensorHook.ts';
import { unitRows } from './infoNCE.ts';

/**
 * @param groups [b, sentences, d]; sentence 0 is the anchor, the others follow from most to least similar. Returns a
 * scalar.
 * @param watch receives "ht.cosines" [b, levels] and "ht.hinges" [b, pairs], before max(0, .)
 */
export function hierarchicalTriplet(
  groups: tf.Tensor3D,
  margins: readonly number[],
  watch?: TensorHook,
): tf.Scalar {
  const [count, sentences, dimension] = groups.shape;
  // Only the composed form has intermediate values to watch.
  if (watch || !hasKernel(TRIPLET)) return composedTriplet(groups, margins, watch);
  return tf.tidy(() => {
    const rows = tf.reshape<tf.Rank.R2>(groups, [count * sentences, dimension]);
    return tripletOfRows(rows, { from: 0, groups: count, sentences }, margins);
  });
}

/** The same loss for groups whose sentences are consecutive rows of a matrix. */
export function tripletOfRows(
  vectors: tf.Tensor2D,
  given: TripletGroups,
  margins: readonly number[],
): tf.Scalar {
  const { from, groups, sentences } = given;
  const pairs = sentences - 2;
  if (pairs < 1) return tf.scalar(0);
  const dimension = vectors.shape[1];
  return (
    fusedTriplet(vectors, given, pairMargins(margins, pairs)) ??
    tf.tidy(() => {
      const rows = tf.slice2d(vectors, [from, 0], [groups * sentences, dimension]);
      return composedTriplet(tf.reshape(rows, [groups, sentences, dimension]), margins);
    })
  );
}

export function composedTriplet(
  groups: tf.Tensor3D,
  margins: readonly number[],
  watch?: TensorHook,
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
    const hinges = tf.add(tf.sub(farther, nearer), tf.tensor1d(pairMargins(margins, pairs)));
    watch?.('ht.hinges', hinges);
    return tf.mean<tf.Scalar>(tf.relu(hinges));
  });
}

function pairMargins(margins: readonly number[], pairs: number): number[] {
  return Array.from({ length: pairs }, (_, p) => marginOf(margins, p));
}

/** The margin of a level pair; the last margin is reused for all further pairs. */
export function marginOf(margins: readonly number[], pair: number): number {
  return margins[Math.min(pair, margins.length - 1)]!;
}
