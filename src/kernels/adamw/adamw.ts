// One update of AdamW over all parameters, and the sum of squares that clipping needs.
//
// Kernel "SemblanceAdamW" {factor [], p0, g0, m0, v0, p1, g1, ...} {count, beta1, beta2, rate, epsilon, decayFirst,
//   keep: number[]} -> [] : writes p, m and v in place.
// Kernel "SemblanceSquaredNorm" {x0, x1, ...} {count} -> [] : the sum of the squares of all elements.
//
//   g' = factor g;   m = beta1 m + (1 - beta1) g';   v = beta2 v + (1 - beta2) g'^2
//   p = keep p - rate m / (sqrt(v) + epsilon)          decayFirst (torch)
//   p = keep (p - rate m / (sqrt(v) + epsilon))        else (transformers 4.18)
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, runKernel, runKernelForAll } from '../op.ts';

export const ADAMW = 'SemblanceAdamW';
export const SQUARED_NORM = 'SemblanceSquaredNorm';

/** A parameter that learns, its gradient, and its two moments; all of one shape. */
export interface AdamWParameter {
  parameter: tf.Variable;
  gradient: tf.Tensor;
  m: tf.Variable;
  v: tf.Variable;
  /** What weight decay leaves of the parameter: 1 - learning rate * decay, or 1. */
  keep: number;
}

export interface AdamWScalars {
  beta1: number;
  beta2: number;
  /** Learning rate with the bias corrections of both moments. */
  rate: number;
  epsilon: number;
  /** Is the parameter decayed before the step is taken (torch) or after (transformers)? */
  decayFirst: boolean;
}

/** Updates parameters and moments in place. @param factor scales every gradient first (clipping). */
export function adamwUpdate(
  parameters: readonly AdamWParameter[],
  factor: tf.Scalar,
  scalars: AdamWScalars,
): void {
  if (!hasKernel(ADAMW)) {
    composedAdamW(parameters, factor, scalars);
    return;
  }
  for (const { parameter, m, v } of parameters) [parameter, m, v].forEach(makeSole);
  const inputs: Record<string, tf.Tensor> = { factor };
  parameters.forEach(({ parameter, gradient, m, v }, i) =>
    Object.assign(inputs, { [`p${i}`]: parameter, [`g${i}`]: gradient, [`m${i}`]: m, [`v${i}`]: v }),
  );
  const keep = parameters.map((parameter) => parameter.keep);
  runKernelForAll(ADAMW, inputs, { count: parameters.length, ...scalars, keep });
}

/** Gives a variable data of its own where it shares them (with a clone, say): it is about to be overwritten. */
function makeSole(variable: tf.Variable): void {
  if (tf.backend().refCount(variable.dataId) <= 1) return;
  const copy = tf.tidy(() => tf.mul(variable, 1));
  variable.assign(copy);
  copy.dispose();
}

export function composedAdamW(
  parameters: readonly AdamWParameter[],
  factor: tf.Scalar,
  { beta1, beta2, rate, epsilon, decayFirst }: AdamWScalars,
): void {
  for (const { parameter, gradient, m, v, keep } of parameters) {
    tf.tidy(() => {
      const g = tf.mul(gradient, factor);
      m.assign(tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1)));
      v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2)));
      const update = tf.mul(tf.div(m, tf.add(tf.sqrt(v), epsilon)), rate);
      if (keep === 1) parameter.assign(tf.sub(parameter, update));
      else if (decayFirst) parameter.assign(tf.sub(tf.mul(parameter, keep), update));
      else parameter.assign(tf.mul(tf.sub(parameter, update), keep));
    });
  }
}

/** Sum of the squares of all elements of all tensors: a scalar that stays on the device. */
export function squaredNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  if (!hasKernel(SQUARED_NORM)) return composedSquaredNorm(tensors);
  const inputs = Object.fromEntries(tensors.map((x, i) => [`x${i}`, x]));
  return runKernel(SQUARED_NORM, inputs, { count: tensors.length });
}

export function composedSquaredNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  // Not tf.addN: on WebGPU it binds every input at once, and an adapter may allow eight.
  return tf.tidy(() => tf.sum<tf.Scalar>(tf.stack(tensors.map((x) => tf.sum(tf.square(x))))));
}
