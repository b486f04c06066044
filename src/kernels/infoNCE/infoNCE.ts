// InfoNCE over cosines as one operation, where the backend has kernels for it; formula in losses/infoNCE.ts. Anchors
// and columns are rows of one matrix, so that no slices are copied and no gradients are reassembled.
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
import { hasKernel, kernelToken, runKernel } from '../kernelToken.ts';
import { differentiable } from '../differentiable.ts';

export interface InfoNCEAttributes {
  anchors: number;
  columns: number;
  temperature: number;
}

export const INFO_NCE = kernelToken('SemblanceInfoNCE', {
  inputs: ['vectors', 'index'],
  attributes: {} as InfoNCEAttributes,
  outputs: ['loss', 'probabilities', 'products', 'inverses'],
});
export const INFO_NCE_GRADIENT = kernelToken('SemblanceInfoNCEGradient', {
  inputs: ['dy', 'vectors', 'index', 'probabilities', 'products', 'inverses'],
  attributes: {} as InfoNCEAttributes,
  outputs: ['gradient'],
});

/** The role of matrix rows in the loss: column i is the positive of anchor i. */
export interface InfoNCERows {
  anchors: number[];
  columns: number[];
}

/** The loss as a scalar; undefined where the backend in use has no kernel for it, or a row has two roles. */
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
  return differentiable({
    inputs: { vectors },
    forward: () => {
      const inputs = { vectors, index: tf.tensor1d(Int32Array.of(...places, ...part), 'int32') };
      const { loss, ...rest } = runKernel(INFO_NCE, inputs, attributes);
      return { value: loss as tf.Scalar, saved: { ...inputs, ...rest } };
    },
    backward: (dy, saved) => ({
      vectors: () => runKernel(INFO_NCE_GRADIENT, { dy, ...saved }, attributes).gradient,
    }),
  });
}
