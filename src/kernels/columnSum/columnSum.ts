// Column sums of a matrix: the gradient of whatever was added to, or multiplied into, every row.
//
// Kernel "SemblanceColumnSum" {x [rows, columns]} -> [columns].
import * as tf from '@tensorflow/tfjs-core';
import { multiply } from '../matMul/matMul.ts';
import { hasKernel, runKernel } from '../op.ts';

export const COLUMN_SUM = 'SemblanceColumnSum';

/** @param x [rows, columns]. Returns [columns]; has no gradient of its own. */
export function columnSum(x: tf.Tensor2D): tf.Tensor1D {
  return hasKernel(COLUMN_SUM) ? runKernel(COLUMN_SUM, { x }) : composedColumnSum(x);
}

/** As a product with ones: no transpose and no tree of reductions. */
export function composedColumnSum(x: tf.Tensor2D): tf.Tensor1D {
  return tf.tidy(() =>
    tf.reshape<tf.Rank.R1>(multiply(tf.ones([1, x.shape[0]]), x, false, false), [x.shape[1]]),
  );
}
