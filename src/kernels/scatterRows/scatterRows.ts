// Adds rows to a table by id: the gradient of an embedding lookup.
//
// Kernel "SemblanceScatterRows" {dy [n, d], ids int32 [n]} {rows} -> [rows, d]; rows without an id are 0.
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelToken, runKernel } from '../kernelToken.ts';

export const SCATTER_ROWS = kernelToken('SemblanceScatterRows', {
  inputs: ['dy', 'ids'],
  attributes: {} as { rows: number },
  outputs: ['table'],
});

/** @param dy [n, d]; @param ids int32 [n], all below `rows`. Returns [rows, d]; has no gradient of its own. */
export function scatterRows(dy: tf.Tensor2D, ids: tf.Tensor1D, rows: number): tf.Tensor2D {
  return hasKernel(SCATTER_ROWS)
    ? (runKernel(SCATTER_ROWS, { dy, ids }, { rows }).table as tf.Tensor2D)
    : composedScatterRows(dy, ids, rows);
}

export function composedScatterRows(dy: tf.Tensor2D, ids: tf.Tensor1D, rows: number): tf.Tensor2D {
  return tf.unsortedSegmentSum(dy, ids, rows);
}
