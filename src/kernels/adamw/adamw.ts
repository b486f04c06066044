// One AdamW update of all parameters; the gradient's norm, and the factor for clipping by it.
//
// Kernel "SemblanceAdamW" {factor [], p0, g0, m0, v0, p1, g1, ...} {count, beta1, beta2, rate, epsilon, decayFirst,
//   decayFactor, decayed: number[]} -> [] : writes p, m and v in place.
// Kernel "SemblanceGradientNorm" {x0, x1, ...} {count, maximum} -> [norm [], factor []]
// Kernel "SemblanceSquaredNorm" {x0, x1, ...} {count} -> [] : the sum of the squares of all elements, where the
//   backend has no kernel for all of the norm.
//
//   g' = factor g;   m = beta1 m + (1 - beta1) g';   v = beta2 v + (1 - beta2) g'^2
//   p = decayFactor p - rate m / (sqrt(v) + epsilon)          decayFirst (torch)
//   p = decayFactor (p - rate m / (sqrt(v) + epsilon))        else (transformers 4.18)
//
//   norm = sqrt(sum x^2);   factor = min(1, maximum / (norm + 1e-6)), as torch's clip_grad_norm_; 1 when maximum is 0
import * as tf from '@tensorflow/tfjs-core';
import { makeUnshared } from '../unshared.ts';
import { asList, hasKernel, kernelToken, runKernel } from '../kernelToken.ts';

/** A trainable parameter, its gradient, and its two moments; all of the same shape. */
export interface AdamWParameter {
  parameter: tf.Variable;
  gradient: tf.Tensor;
  m: tf.Variable;
  v: tf.Variable;
  /** The number of its leading elements that weight decay applies to. */
  decayed: number;
}

export interface AdamWScalars {
  beta1: number;
  beta2: number;
  /** Learning rate including the bias corrections of both moments. */
  rate: number;
  epsilon: number;
  /** Whether the parameter is decayed before the update (torch) or after it (transformers). */
  decayFirst: boolean;
  /** The factor of weight decay: 1 - learning rate * decay. */
  decayFactor: number;
}

export const ADAMW = kernelToken('SemblanceAdamW', {
  inputs: ['factor', 'p*', 'g*', 'm*', 'v*'],
  attributes: {} as AdamWScalars & { count: number; decayed: number[] },
  outputs: [],
});
export const GRADIENT_NORM = kernelToken('SemblanceGradientNorm', {
  inputs: ['x*'],
  attributes: {} as { count: number; maximum: number },
  outputs: ['norm', 'factor'],
});
export const SQUARED_NORM = kernelToken('SemblanceSquaredNorm', {
  inputs: ['x*'],
  attributes: {} as { count: number },
  outputs: ['norm'],
});

/**
 * Updates parameters and moments in place.
 * @param factor scales every gradient first (clipping)
 */
export function adamwUpdate(
  parameters: readonly AdamWParameter[],
  factor: tf.Scalar,
  scalars: AdamWScalars,
): void {
  if (!hasKernel(ADAMW)) {
    composedAdamW(parameters, factor, scalars);
    return;
  }
  for (const { parameter, m, v } of parameters) [parameter, m, v].forEach(makeUnshared);
  const inputs = {
    factor,
    ...asList(
      'p',
      parameters.map(({ parameter }) => parameter),
    ),
    ...asList(
      'g',
      parameters.map(({ gradient }) => gradient),
    ),
    ...asList(
      'm',
      parameters.map(({ m }) => m),
    ),
    ...asList(
      'v',
      parameters.map(({ v }) => v),
    ),
  };
  const decayed = parameters.map((parameter) => parameter.decayed);
  runKernel(ADAMW, inputs, { count: parameters.length, ...scalars, decayed });
}

export function composedAdamW(
  parameters: readonly AdamWParameter[],
  factor: tf.Scalar,
  { beta1, beta2, rate, epsilon, decayFirst, decayFactor }: AdamWScalars,
): void {
  for (const { parameter, gradient, m, v, decayed } of parameters) {
    tf.tidy(() => {
      const g = tf.mul(gradient, factor);
      m.assign(tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1)));
      v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2)));
      const update = tf.mul(tf.div(m, tf.add(tf.sqrt(v), epsilon)), rate);
      if (decayFactor === 1 || decayed === 0) {
        parameter.assign(tf.sub(parameter, update));
        return;
      }
      const left = decayed === parameter.size ? decayFactor : decayFactorsOf(parameter, decayed, decayFactor);
      if (decayFirst) parameter.assign(tf.sub(tf.mul(parameter, left), update));
      else parameter.assign(tf.mul(tf.sub(parameter, update), left));
    });
  }
}

/** The decay factor of each element, when decay applies to the leading ones only. */
function decayFactorsOf({ size, shape }: tf.Tensor, decayed: number, decayFactor: number): tf.Tensor {
  return tf.reshape(tf.concat1d([tf.fill([decayed], decayFactor), tf.ones([size - decayed])]), shape);
}

/** Scalars that stay on the device; neither is read back. */
export interface GradientNorm {
  /** Square root of the sum of the squares of all elements of all tensors. */
  norm: tf.Scalar;
  /** The factor that clipping multiplies every element by. */
  factor: tf.Scalar;
}

/**
 * The norm of all tensors together, and the clipping factor.
 * @param maximum of the norm; 0 disables clipping
 */
export function gradientNorm(tensors: readonly tf.Tensor[], maximum: number): GradientNorm {
  if (!hasKernel(GRADIENT_NORM)) return composedGradientNorm(tensors, maximum);
  const attributes = { count: tensors.length, maximum };
  const { norm, factor } = runKernel(GRADIENT_NORM, asList('x', tensors), attributes);
  return { norm: norm as tf.Scalar, factor: factor as tf.Scalar };
}

export function composedGradientNorm(tensors: readonly tf.Tensor[], maximum: number): GradientNorm {
  const norm = tf.tidy(() => tf.sqrt<tf.Scalar>(squaredNorm(tensors)));
  const factor = tf.tidy(() =>
    maximum > 0 ? tf.minimum<tf.Scalar>(1, tf.div(maximum, tf.add(norm, 1e-6))) : tf.scalar(1),
  );
  return { norm, factor };
}

/** Sum of the squares of all elements of all tensors: a scalar that stays on the device. */
export function squaredNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  if (!hasKernel(SQUARED_NORM)) return composedSquaredNorm(tensors);
  const { norm } = runKernel(SQUARED_NORM, asList('x', tensors), { count: tensors.length });
  return norm as tf.Scalar;
}

export function composedSquaredNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  // Not tf.addN: on WebGPU it binds every input at once, and an adapter may allow only eight.
  return tf.tidy(() => tf.sum<tf.Scalar>(tf.stack(tensors.map((x) => tf.sum(tf.square(x))))));
}
