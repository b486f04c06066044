// InfoNCE over cosines as one operation, where the backend has kernels for it; formula in losses/infoNCE.ts. Anchors and
// columns are rows of one matrix, so that nothing is cut out of it and no gradient is put together again.
//
// Kernel "SemblanceInfoNCE" {vectors [r, d], index int32 [n + m + r]} {anchors: n, columns: m, temperature}
//   -> [loss [], probabilities [n, m], products a_i . c_j [n, m], inverse lengths of anchors and columns [n + m]]
//   index: the rows of the anchors, those of the columns, then every row's place among these n + m, or -1
// Kernel "SemblanceInfoNCEGradient" {dy [], vectors, index, probabilities, products, inverses} {the same}
//   -> [r, d] : 0 in rows that are neither anchor nor column
//
//   w_ij = (p_ij - [i = j]) dy / (n temperature |a_i| |c_j|)
//   da_i = sum_j w_ij c_j - a_i / |a_i|^2 sum_j w_ij a_i . c_j          and so for the columns, over i
import * as tf from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel, runKernelForAll } from '../op.ts';

export const INFO_NCE = 'SemblanceInfoNCE';
export const INFO_NCE_GRADIENT = 'SemblanceInfoNCEGradient';

export interface InfoNCEAttributes {
  anchors: number;
  columns: number;
  temperature: number;
}

/** Rows of a matrix by their part in the loss: column i is the positive of anchor i. */
export interface InfoNCERows {
  anchors: number[];
  columns: number[];
}

/** The loss as a scalar; undefined where the backend in use has no kernel for it, or a row has two parts. */
export function fusedInfoNCE(
  vectors: tf.Tensor2D,
  { anchors, columns }: InfoNCERows,
  temperature: number,
): tf.Scalar | undefined {
  const places = [...anchors, ...columns];
  if (!hasKernel(INFO_NCE) || new Set(places).size < places.length) return undefined;
  const part = new Int32Array(vectors.shape[0]).fill(-1);
  places.forEach((row, place) => (part[row] = place));
  const attributes = { anchors: anchors.length, columns: columns.length, temperature };
  return differentiable<tf.Scalar>({
    inputs: { vectors },
    forward: (save) => {
      const index = tf.tensor1d(Int32Array.of(...places, ...part), 'int32');
      const [loss, ...kept] = runKernelForAll(INFO_NCE, { vectors, index }, attributes);
      save([vectors, index, ...kept]);
      return loss as tf.Scalar;
    },
    backward: (dy, saved) => ({
      vectors: () => {
        const [x, index, probabilities, products, inverses] = saved as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        return runKernel(
          INFO_NCE_GRADIENT,
          { dy, vectors: x, index, probabilities, products, inverses },
          attributes,
        );
      },
    }),
  });
}
