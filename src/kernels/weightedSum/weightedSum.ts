// Two scalars put together, the second by weight: two losses that make one. The weight is no tensor, so nothing is
// brought to the device.
//
// Kernel "SemblanceWeightedSum" {a [], b []} {weight} -> [] : a + weight b
// Kernel "SemblanceScaled" {x []} {weight} -> [] : weight x
import * as tf from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from '../op.ts';

export const WEIGHTED_SUM = 'SemblanceWeightedSum';
export const SCALED = 'SemblanceScaled';

/** a + weight b */
export function weightedSum(a: tf.Scalar, b: tf.Scalar, weight: number): tf.Scalar {
  if (!hasKernel(WEIGHTED_SUM)) return composedWeightedSum(a, b, weight);
  return differentiable<tf.Scalar>({
    inputs: { a, b },
    forward: () => runKernel(WEIGHTED_SUM, { a, b }, { weight }),
    backward: (dy) => ({ a: () => tf.clone(dy), b: () => runKernel(SCALED, { x: dy }, { weight }) }),
  });
}

export function composedWeightedSum(a: tf.Scalar, b: tf.Scalar, weight: number): tf.Scalar {
  return tf.tidy(() => tf.add<tf.Scalar>(a, tf.mul(b, weight)));
}
