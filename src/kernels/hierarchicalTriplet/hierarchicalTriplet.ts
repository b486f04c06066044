// The hierarchical triplet loss as one operation, where the backend has kernels for it; formula in
// losses/hierarchicalTriplet.ts. The groups are rows of a larger matrix, one behind the other.
//
// Kernel "SemblanceHierarchicalTriplet" {vectors [r, d], margins [sentences - 2]} {from, groups, sentences}
//   -> [loss [], cosines with the anchor [groups, sentences - 1], inverse lengths [groups, sentences]]
// Kernel "SemblanceHierarchicalTripletGradient" {dy [], vectors, margins, cosines, inverses} {the same}
//   -> [r, d] : 0 in rows of no group
//
//   t_p = dy / (groups pairs) ([hinge p-1 > 0] - [hinge p > 0])           the slope of the loss along cosine p
//   dc_p = t_p (a / (|a| |c_p|) - s_p c_p / |c_p|^2);   da = sum_p t_p (c_p / (|a| |c_p|) - s_p a / |a|^2)
import * as tf from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel, runKernelForAll } from '../op.ts';

export const TRIPLET = 'SemblanceHierarchicalTriplet';
export const TRIPLET_GRADIENT = 'SemblanceHierarchicalTripletGradient';

/** Where the groups lie: rows `from` to `from + groups * sentences`, the anchor of each first. */
export interface TripletGroups {
  from: number;
  groups: number;
  sentences: number;
}

/**
 * The loss as a scalar; undefined where the backend in use has no kernel for it.
 * @param margins one for each of the sentences - 2 pairs of levels, at least one
 */
export function fusedTriplet(
  vectors: tf.Tensor2D,
  { from, groups, sentences }: TripletGroups,
  margins: readonly number[],
): tf.Scalar | undefined {
  if (!hasKernel(TRIPLET)) return undefined;
  const attributes = { from, groups, sentences };
  return differentiable<tf.Scalar>({
    inputs: { vectors },
    forward: (save) => {
      const given = { vectors, margins: tf.tensor1d([...margins]) };
      const [loss, ...kept] = runKernelForAll(TRIPLET, given, attributes);
      save([vectors, given.margins, ...kept]);
      return loss as tf.Scalar;
    },
    backward: (dy, saved) => ({
      vectors: () => {
        const [x, m, cosines, inverses] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        return runKernel(TRIPLET_GRADIENT, { dy, vectors: x, margins: m, cosines, inverses }, attributes);
      },
    }),
  });
}
