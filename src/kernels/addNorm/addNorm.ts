// What ends every block of BERT: layer normalisation of dropout(x) + residual.
//
// Kernel "SemblanceAddNorm" {x [n, d], residual? [n, d], gamma [d], bias [d], rows?} {epsilon, key0, key1, threshold}
//   -> [y, normalised [n, d], rstd [n]]
// Kernel "SemblanceAddNormGradient" {dy, normalised, rstd, gamma} {key0, key1, threshold}
//   -> [dx, dResidual, dGain, dBias]
//
// The mask is the one of dropout/dropout.ts; threshold 0 means none, and dx then is dResidual.
import * as tf from '@tensorflow/tfjs-core';
import { dropout, maskAttributes, NO_MASK, type Mask } from '../dropout/dropout.ts';
import { layerNorm } from '../layerNorm/layerNorm.ts';
import { differentiable, hasKernel, runKernelForAll } from '../op.ts';

export const ADD_NORM = 'SemblanceAddNorm';
export const ADD_NORM_GRADIENT = 'SemblanceAddNormGradient';

export interface AddNormArguments {
  /** [rows, features] */
  x: tf.Tensor2D;
  /** Added to x after its dropout; left out: nothing is. */
  residual?: tf.Tensor2D;
  /** [features] */
  gamma: tf.Tensor1D;
  bias: tf.Tensor1D;
  epsilon: number;
  /** Dropout of x; left out: none. */
  mask?: Mask;
  /** int32: the rows that are wanted (all when left out); a kernel may give 0 for the others. */
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
  const inputs = { x, ...(residual && { residual }), gamma, bias };
  return differentiable({
    inputs,
    forward: (save) => {
      const [y, normalised, inverse] = runKernelForAll(
        ADD_NORM,
        { ...inputs, ...(rows && { rows }) },
        { ...attributes, epsilon },
      );
      save([normalised!, inverse!, gamma]);
      return y as tf.Tensor2D;
    },
    backward: (dy, [normalised, rstd, weight]) => {
      const [dx, dResidual, dGain, dBias] = runKernelForAll(
        ADD_NORM_GRADIENT,
        { dy, normalised: normalised!, rstd: rstd!, gamma: weight! },
        { ...attributes },
      );
      return { x: () => dx!, residual: () => dResidual!, gamma: () => dGain!, bias: () => dBias! };
    },
  });
}
