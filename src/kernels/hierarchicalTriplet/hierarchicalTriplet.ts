// The hierarchical triplet loss as one operation, where the backend has kernels for it; formula in
// losses/hierarchicalTriplet.ts. The groups are consecutive rows of a larger matrix.
//
// Kernel "SemblanceHierarchicalTriplet" {vectors [r, d], margins [sentences - 2]} {from, groups, sentences}
//   -> [loss [], cosines with the anchor [groups, sentences - 1], inverse lengths [groups, sentences]]
// Kernel "SemblanceHierarchicalTripletGradient" {dy [], vectors, margins, cosines, inverses} {the same}
//   -> [r, d] : 0 in rows of no group
//
//   t_p = dy / (groups pairs) ([hinge p-1 > 0] - [hinge p > 0])           the slope of the loss along cosine p
//   dc_p = t_p (a / (|a| |c_p|) - s_p c_p / |c_p|^2);   da = sum_p t_p (c_p / (|a| |c_p|) - s_p a / |a|^2)
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelToken, runKernel } from '../kernelToken.ts';
import { differentiable } from '../differentiable.ts';

/** Position of the groups: rows `from` to `from + groups * sentences`, each with its anchor first. */
export interface TripletGroups {
  from: number;
  groups: number;
  sentences: number;
}

export const TRIPLET = kernelToken('SemblanceHierarchicalTriplet', {
  inputs: ['vectors', 'margins'],
  attributes: {} as TripletGroups,
  outputs: ['loss', 'cosines', 'inverses'],
});
export const TRIPLET_GRADIENT = kernelToken('SemblanceHierarchicalTripletGradient', {
  inputs: ['dy', 'vectors', 'margins', 'cosines', 'inverses'],
  attributes: {} as TripletGroups,
  outputs: ['gradient'],
});

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
  return differentiable({
    inputs: { vectors },
    forward: () => {
      const inputs = { vectors, margins: tf.tensor1d([...margins]) };
      const { loss, ...rest } = runKernel(TRIPLET, inputs, attributes);
      return { value: loss as tf.Scalar, saved: { ...inputs, ...rest } };
    },
    backward: (dy, saved) => ({
      vectors: () => runKernel(TRIPLET_GRADIENT, { dy, ...saved }, attributes).gradient,
    }),
  });
}
