// Column sums of a matrix: the gradient of a vector that was added to, or multiplied with, every row.
//
// Kernel "SemblanceColumnSum" {x [rows, columns]} -> [columns].
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelToken, runKernel } from '../kernelToken.ts';
import { multiply } from '../matMul/matMul.ts';

export const COLUMN_SUM = kernelToken('SemblanceColumnSum', { inputs: ['x'], outputs: ['sums'] });

/** @param x [rows, columns]. Returns [columns]; has no gradient of its own. */
export function columnSum(x: tf.Tensor2D): tf.Tensor1D {
  return hasKernel(COLUMN_SUM) ? (runKernel(COLUMN_SUM, { x }).sums as tf.Tensor1D) : composedColumnSum(x);
}

/** As a product with ones: needs no transpose and no tree of reductions. */
export function composedColumnSum(x: tf.Tensor2D): tf.Tensor1D {
  return tf.tidy(() =>
    tf.reshape<tf.Rank.R1>(multiply(tf.ones([1, x.shape[0]]), x, false, false), [x.shape[1]]),
  );
}
