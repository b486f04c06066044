// GELU in its exact (erf) form, as BERT uses it: y = x/2 (1 + erf(x / sqrt 2)); Hendrycks & Gimpel 2016.
// tfjs computes erf by a polynomial that is good to 1.5e-7.
import * as tf from '@tensorflow/tfjs-core';

/** Phi(x), the normal distribution function. */
function cumulative(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

/** dy/dx = Phi(x) + x phi(x). */
export function gelu<T extends tf.Tensor>(x: T): T {
  const op = tf.customGrad((input, save) => {
    const value = input as tf.Tensor;
    const phi = cumulative(value);
    (save as tf.GradSaveFunc)([value, phi]);
    return {
      value: tf.mul(value, phi),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [z, cdf] = [saved[0]!, saved[1]!];
        const density = tf.mul(tf.exp(tf.mul(tf.square(z), -0.5)), 1 / Math.sqrt(2 * Math.PI));
        return tf.mul(dy, tf.add(cdf, tf.mul(z, density)));
      },
    };
  });
  return op(x) as T;
}
