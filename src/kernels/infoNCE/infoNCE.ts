// InfoNCE over cosines as one operation, where the backend has kernels for it; formula in losses/infoNCE.ts.
//
// Kernel "SemblanceInfoNCE" {anchors [n, d], columns [m, d]} {temperature}
//   -> [loss [], probabilities [n, m], products a_i . c_j [n, m], inverse lengths of anchors and columns [n + m]]
// Kernel "SemblanceInfoNCEGradient" {dy [], anchors, columns, probabilities, products, inverses} {temperature}
//   -> [dAnchors, dColumns]
//
//   w_ij = (p_ij - [i = j]) dy / (n temperature |a_i| |c_j|)
//   da_i = sum_j w_ij c_j - a_i / |a_i|^2 sum_j w_ij a_i . c_j          and so for the columns, over i
import * as tf from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernelForAll } from '../op.ts';

export const INFO_NCE = 'SemblanceInfoNCE';
export const INFO_NCE_GRADIENT = 'SemblanceInfoNCEGradient';

export interface InfoNCEAttributes {
  temperature: number;
}

/** The loss as a scalar; undefined when the backend in use has no kernel for it. */
export function fusedInfoNCE(
  anchors: tf.Tensor2D,
  columns: tf.Tensor2D,
  temperature: number,
): tf.Scalar | undefined {
  if (!hasKernel(INFO_NCE)) return undefined;
  const inputs = { anchors, columns };
  return differentiable<tf.Scalar>({
    inputs,
    forward: (save) => {
      const [loss, ...kept] = runKernelForAll(INFO_NCE, inputs, { temperature });
      save([anchors, columns, ...kept]);
      return loss as tf.Scalar;
    },
    backward: (dy, saved) => {
      const [a, c, probabilities, products, inverses] = saved as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const [dAnchors, dColumns] = runKernelForAll(
        INFO_NCE_GRADIENT,
        { dy, anchors: a, columns: c, probabilities, products, inverses },
        { temperature },
      );
      return { anchors: () => dAnchors!, columns: () => dColumns! };
    },
  });
}
