// Weighted sum of two scalars, used to combine two losses. The weight is not a tensor, so nothing is uploaded to the
// device.
//
// Kernel "SemblanceWeightedSum" {a [], b []} {weight} -> [] : a + weight b
// Kernel "SemblanceScale" {x []} {weight} -> [] : weight x
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelToken, runKernel } from '../kernelToken.ts';
import { differentiable } from '../differentiable.ts';

export const WEIGHTED_SUM = kernelToken('SemblanceWeightedSum', {
  inputs: ['a', 'b'],
  attributes: {} as { weight: number },
  outputs: ['y'],
});
export const SCALE = kernelToken('SemblanceScale', {
  inputs: ['x'],
  attributes: {} as { weight: number },
  outputs: ['y'],
});

/** a + weight b */
export function weightedSum(a: tf.Scalar, b: tf.Scalar, weight: number): tf.Scalar {
  if (!hasKernel(WEIGHTED_SUM)) return composedWeightedSum(a, b, weight);
  return differentiable({
    inputs: { a, b },
    forward: () => ({ value: runKernel(WEIGHTED_SUM, { a, b }, { weight }).y as tf.Scalar }),
    backward: (dy) => ({ a: () => tf.clone(dy), b: () => runKernel(SCALE, { x: dy }, { weight }).y }),
  });
}

export function composedWeightedSum(a: tf.Scalar, b: tf.Scalar, weight: number): tf.Scalar {
  return tf.tidy(() => tf.add<tf.Scalar>(a, tf.mul(b, weight)));
}
