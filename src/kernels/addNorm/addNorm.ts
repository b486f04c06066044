// The last operation of every BERT block: layer normalisation of dropout(x) + residual.
//
// Kernel "SemblanceAddNorm" {x [n, d], residual? [n, d], gamma [d], bias [d], rows?} {epsilon, key0, key1, threshold}
//   -> [y, normalised [n, d], rstd [n]]
// Kernel "SemblanceAddNormGradient" {dy, normalised, rstd, gamma} {key0, key1, threshold}
//   -> [dx, dResidual, dGamma, dBias]
//
// The mask is that of dropout/dropout.ts; threshold 0 means no mask, and then dx equals dResidual.
import * as tf from '@tensorflow/tfjs-core';
import {
  dropout,
  maskAttributes,
  NO_MASK,
  type DropoutAttributes,
  type DropoutMask,
} from '../dropout/dropout.ts';
import { hasKernel, kernelToken, runKernel } from '../kernelToken.ts';
import { layerNorm } from '../layerNorm/layerNorm.ts';
import { differentiable } from '../differentiable.ts';

export const ADD_NORM = kernelToken('SemblanceAddNorm', {
  inputs: ['x', 'residual?', 'gamma', 'bias', 'rows?'],
  attributes: {} as DropoutAttributes & { epsilon: number },
  outputs: ['y', 'normalised', 'rstd'],
});
export const ADD_NORM_GRADIENT = kernelToken('SemblanceAddNormGradient', {
  inputs: ['dy', 'normalised', 'rstd', 'gamma'],
  attributes: {} as DropoutAttributes,
  outputs: ['dx', 'dResidual', 'dGamma', 'dBias'],
});

export interface AddNormArguments {
  /** [rows, features] */
  x: tf.Tensor2D;
  /** Added to x after its dropout; nothing is added if omitted. */
  residual?: tf.Tensor2D;
  /** [features] */
  gamma: tf.Tensor1D;
  bias: tf.Tensor1D;
  epsilon: number;
  /** Dropout of x; none if omitted. */
  mask?: DropoutMask;
  /** int32: the rows that are needed (all when omitted); a kernel may return 0 for the others. */
  rows?: tf.Tensor1D | undefined;
}

/** LayerNorm(dropout(x) + residual), [rows, features]. */
export function addNorm(given: AddNormArguments): tf.Tensor2D {
  return hasKernel(ADD_NORM) ? fused(given) : composedAddNorm(given);
}

export function composedAddNorm({ x, residual, gamma, bias, epsilon, mask }: AddNormArguments): tf.Tensor2D {
  const kept = mask ? dropout(x, mask.rate, mask.key) : x;
  return layerNorm(residual ? tf.add<tf.Tensor2D>(kept, residual) : kept, gamma, bias, epsilon);
}

function fused({ x, residual, gamma, bias, epsilon, mask = NO_MASK, rows }: AddNormArguments): tf.Tensor2D {
  const attributes = maskAttributes(mask);
  return differentiable({
    inputs: { x, residual, gamma, bias },
    forward: () => {
      const inputs = { x, residual, gamma, bias, rows };
      const { y, normalised, rstd } = runKernel(ADD_NORM, inputs, { ...attributes, epsilon });
      return { value: y as tf.Tensor2D, saved: { normalised, rstd, gamma } };
    },
    backward: (dy, saved) => {
      const { dx, dResidual, dGamma, dBias } = runKernel(ADD_NORM_GRADIENT, { dy, ...saved }, attributes);
      return { x: () => dx, residual: () => dResidual, gamma: () => dGamma, bias: () => dBias };
    },
  });
}
