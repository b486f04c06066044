// GELU in its exact (erf) form, as BERT uses it: y = x/2 (1 + erf(x / sqrt 2)); Hendrycks & Gimpel 2016.
// tfjs computes erf by a polynomial that is good to 1.5e-7.
//
// Kernel "SemblanceGeluGradient" {dy, z} -> dy (Phi(z) + z phi(z)), of any shape.
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelToken, runKernel } from '../kernelToken.ts';
import { differentiable } from '../differentiable.ts';

export const GELU_GRADIENT = kernelToken('SemblanceGeluGradient', { inputs: ['dy', 'z'], outputs: ['dz'] });

/** Phi(x), the cumulative distribution function of the standard normal distribution. */
function cumulative(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

/** d gelu(z) / dz * dy = dy (Phi(z) + z phi(z)). @param dy, z of one shape. */
export function geluGradient<T extends tf.Tensor>(dy: T, z: T): T {
  return hasKernel(GELU_GRADIENT)
    ? (runKernel(GELU_GRADIENT, { dy, z }).dz as T)
    : composedGeluGradient(dy, z);
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
    forward: () => ({ value: tf.mul<T>(x, cumulative(x)), saved: { z: x } }),
    backward: (dy, { z }) => ({ x: () => geluGradient(dy, z) }),
  });
}
