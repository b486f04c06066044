// GELU in its exact (erf) form, as BERT uses it: y = x/2 (1 + erf(x / sqrt 2)); Hendrycks & Gimpel 2016.
// tfjs computes erf by a polynomial that is good to 1.5e-7.
//
// Kernel "SemblanceGeluGradient" {dy, z} -> dy (Phi(z) + z phi(z)), of any shape.
import * as tf from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from '../op.ts';

export const GELU_GRADIENT = 'SemblanceGeluGradient';

/** Phi(x), the normal distribution function. */
function cumulative(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

/** d gelu(z) / dz * dy = dy (Phi(z) + z phi(z)). @param dy, z of one shape. */
export function geluGradient<T extends tf.Tensor>(dy: T, z: T): T {
  return hasKernel(GELU_GRADIENT) ? runKernel(GELU_GRADIENT, { dy, z }) : composedGeluGradient(dy, z);
}

export function composedGeluGradient<T extends tf.Tensor>(dy: T, z: T): T {
  return tf.tidy(() => {
    const density = tf.mul(tf.exp(tf.mul(tf.square(z), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return tf.mul(dy, tf.add(cumulative(z), tf.mul(z, density)));
  });
}

export function gelu<T extends tf.Tensor>(x: T): T {
  return differentiable({
    inputs: { x },
    forward: (save) => {
      save([x]);
      return tf.mul<T>(x, cumulative(x));
    },
    backward: (dy, saved) => ({ x: () => geluGradient(dy, saved[0] as T) }),
  });
}
