// Layer normalisation over the last axis, with its gradient written out (Ba et al. 2016).
//
//   y = (x - mean) / sqrt(variance + epsilon) * gain + bias          biased variance, epsilon inside the root
//   dx = (g - mean(g) - xhat * mean(g * xhat)) / sqrt(variance + epsilon),   g = dy * gain
import * as tf from '@tensorflow/tfjs-core';
import { sumRows } from './matMul.ts';

/** @param x [rows, features]; @param gain, bias [features]. */
export function layerNorm(
  x: tf.Tensor2D,
  gain: tf.Tensor1D,
  bias: tf.Tensor1D,
  epsilon: number,
): tf.Tensor2D {
  const op = tf.customGrad((input, scale, shift, save) => {
    const [rows, w, b] = [input as tf.Tensor2D, scale as tf.Tensor1D, shift as tf.Tensor1D];
    const centred = tf.sub(rows, tf.mean(rows, 1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon));
    const normal = tf.mul(centred, inverse);
    (save as tf.GradSaveFunc)([normal, inverse, w]);
    return {
      value: tf.add(tf.mul(normal, w), b),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [xhat, scaleRows, weight] = [saved[0]!, saved[1]!, saved[2]!];
        const g = tf.mul(dy, weight);
        const meanG = tf.mean(g, 1, true);
        const meanGx = tf.mean(tf.mul(g, xhat), 1, true);
        const dx = tf.mul(tf.sub(tf.sub(g, meanG), tf.mul(xhat, meanGx)), scaleRows);
        return [dx, sumRows(tf.mul<tf.Tensor2D>(dy, xhat)), sumRows(dy as tf.Tensor2D)];
      },
    };
  });
  return op(x, gain, bias) as tf.Tensor2D;
}
