// InfoNCE loss (van den Oord et al. 2018; also known as NT-Xent, multiple negatives ranking loss, in-batch negatives):
//
//   loss = mean_i [ logsumexp_j(sim(a_i, c_j) / temperature) - sim(a_i, c_i) / temperature ]
//
// with cosine similarity. The target of row i is column i; columns beyond the number of rows are extra hard negatives,
// which every row uses with weight 1. (The "scale" of sentence-transformers is 1 / temperature.) Li et al. 2024, eq. 1.
// The float64 reference is in infoNCE.reference.ts.
import * as tf from '@tensorflow/tfjs-core';
import { fusedInfoNCE, INFO_NCE } from '../kernels/infoNCE/infoNCE.ts';
import { matMul } from '../kernels/matMul/matMul.ts';
import { hasKernel } from '../kernels/kernelToken.ts';
import { withHook, type TensorHook } from '../kernels/tensorHook.ts';

/** L2-normalises rows; lengths below 1e-8 are treated as 1e-8. @param x [..., d] */
export function unitRows<T extends tf.Tensor>(x: T): T {
  return tf.tidy(() => {
    const squares = tf.sum(tf.square(x), -1, true);
    return tf.mul<T>(x, tf.rsqrt(tf.maximum(squares, 1e-16)));
  });
}

/**
 * @param anchors [n, d]
 * @param columns [m, d], m >= n; column i is the positive of anchor i. Returns a scalar.
 * @param watch receives "infonce.cosines" [n, m] and their gradient, "infonce.probabilities" [n, m] and
 * "infonce.losses" [n]
 */
export function infoNCE(
  anchors: tf.Tensor2D,
  columns: tf.Tensor2D,
  temperature: number,
  watch?: TensorHook,
): tf.Scalar {
  // Only the composed form has intermediate values to watch.
  if (watch || !hasKernel(INFO_NCE)) return composedInfoNCE(anchors, columns, temperature, watch);
  const [rows, others] = [anchors.shape[0], columns.shape[0]];
  const places = {
    anchors: Array.from({ length: rows }, (_, i) => i),
    columns: Array.from({ length: others }, (_, j) => rows + j),
  };
  return tf.tidy(() => fusedInfoNCE(tf.concat2d([anchors, columns], 0), places, temperature)!);
}

export function composedInfoNCE(
  anchors: tf.Tensor2D,
  columns: tf.Tensor2D,
  temperature: number,
  watch?: TensorHook,
): tf.Scalar {
  return tf.tidy(() => {
    const rows = anchors.shape[0];
    const cosines = matMul(unitRows(anchors), unitRows(columns), false, true);
    const similarity = withHook(cosines, 'infonce.cosines', watch);
    const logits = tf.mul<tf.Tensor2D>(similarity, 1 / temperature);
    const target = tf.eye(rows, columns.shape[0]);
    const positiveLogits = tf.sum(tf.mul(logits, target), 1);
    const losses = tf.sub(tf.logSumExp(logits, 1), positiveLogits);
    watch?.('infonce.probabilities', tf.softmax(logits));
    watch?.('infonce.losses', losses);
    return tf.mean<tf.Scalar>(losses);
  });
}
