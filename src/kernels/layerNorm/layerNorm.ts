// Layer normalisation over the last axis, composed of tfjs ops, with an explicit gradient (Ba et al. 2016).
//
//   y = (x - mean) / sqrt(variance + epsilon) * gamma + bias          biased variance, epsilon inside the root
//   dx = (g - mean(g) - xhat * mean(g * xhat)) / sqrt(variance + epsilon),   g = dy * gamma
import * as tf from '@tensorflow/tfjs-core';
import { columnSum } from '../columnSum/columnSum.ts';
import { differentiable } from '../differentiable.ts';

/** @param x [rows, features]; @param gamma, bias [features]. */
export function layerNorm(
  x: tf.Tensor2D,
  gamma: tf.Tensor1D,
  bias: tf.Tensor1D,
  epsilon: number,
): tf.Tensor2D {
  return differentiable({
    inputs: { x, gamma, bias },
    forward: () => {
      const centred = tf.sub(x, tf.mean(x, 1, true));
      const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon));
      const normal = tf.mul<tf.Tensor2D>(centred, inverse);
      const value = tf.add<tf.Tensor2D>(tf.mul(normal, gamma), bias);
      return { value, saved: { xhat: normal, inverse, weight: gamma } };
    },
    backward: (dy, { xhat, inverse, weight }) => ({
      x: () => {
        const g = tf.mul(dy, weight);
        const meanG = tf.mean(g, 1, true);
        const meanGx = tf.mean(tf.mul(g, xhat), 1, true);
        return tf.mul(tf.sub(tf.sub(g, meanG), tf.mul(xhat, meanGx)), inverse);
      },
      gamma: () => columnSum(tf.mul<tf.Tensor2D>(dy, xhat)),
      bias: () => columnSum(dy),
    }),
  });
}
