// Dense layer y = x . W^T + b, the weight as in PyTorch: [out, in]; optionally followed by GELU.
//
// Kernel "SemblanceLinear" {x [n, in], weight [out, in], bias [out], rows?} {gelu}
//   -> [y [n, out]], or with gelu [y, z], where z is the input of the GELU.
// Its gradient is composed of the kernels GeluGradient, MatMul and ColumnSum:
//
//   dz = gelu'(z) dy     dx = dz . W     dW = dz^T . x     db = column sums of dz
//
// Kernel "SemblanceWeightGradient" {dz, x} -> [dW, db] computes the last two at once, where a backend has it.
// Kernel "SemblanceInputGradient" {dy [n, out], weight, z? or addend? [n, in]} -> dy . W * gelu'(z), or
//   dy . W + addend: for operations that combine a gradient with the next operation (feedForward/feedForward.ts).
import * as tf from '@tensorflow/tfjs-core';
import { columnSum } from '../columnSum/columnSum.ts';
import { gelu, geluGradient } from '../gelu/gelu.ts';
import { hasKernel, kernelToken, runKernel } from '../kernelToken.ts';
import { matMul, multiply } from '../matMul/matMul.ts';
import { differentiable } from '../differentiable.ts';

export const LINEAR = kernelToken('SemblanceLinear', {
  inputs: ['x', 'weight', 'bias', 'rows?'],
  attributes: {} as { gelu: boolean },
  outputs: ['y', 'z?'],
});
export const WEIGHT_GRADIENT = kernelToken('SemblanceWeightGradient', {
  inputs: ['dz', 'x'],
  outputs: ['dWeight', 'dBias'],
});
export const INPUT_GRADIENT = kernelToken('SemblanceInputGradient', {
  inputs: ['dy', 'weight', 'z?', 'addend?'],
  outputs: ['dx'],
});

/** Whether the kernels of the backend in use skip rows outside of `rows` (padding). Other backends compute all rows. */
export function leavesOutRows(): boolean {
  return tf.getBackend() === 'wasm' && hasKernel(LINEAR);
}

/**
 * @param x [rows, in]
 * @param weight [out, in]
 * @param bias [out]
 * @param rows int32: the rows that are needed (all when omitted); a kernel may return 0 for the others
 * @returns [rows, out]
 */
export function linear(
  x: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
  rows?: tf.Tensor1D,
): tf.Tensor2D {
  return hasKernel(LINEAR) ? fused(x, weight, bias, false, rows) : composedLinear(x, weight, bias);
}

/** gelu(x . W^T + b); shapes as in linear(). */
export function linearGelu(
  x: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
  rows?: tf.Tensor1D,
): tf.Tensor2D {
  return hasKernel(LINEAR) ? fused(x, weight, bias, true, rows) : gelu(composedLinear(x, weight, bias));
}

/** Adds a bias [columns] to every row of [rows, columns]; its gradient is a column sum. */
function addBias(x: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return differentiable({
    inputs: { x, bias },
    forward: () => ({ value: tf.add<tf.Tensor2D>(x, bias) }),
    backward: (dy) => ({ x: () => tf.clone(dy), bias: () => columnSum(dy) }),
  });
}

export function composedLinear(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return addBias(matMul(x, weight, false, true) as tf.Tensor2D, bias);
}

function fused(
  x: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
  withGelu: boolean,
  rows: tf.Tensor1D | undefined,
): tf.Tensor2D {
  return differentiable({
    inputs: { x, weight, bias },
    forward: () => {
      const { y, z } = runKernel(LINEAR, { x, weight, bias, rows }, { gelu: withGelu });
      return { value: y as tf.Tensor2D, saved: { x, weight, z: z as tf.Tensor2D | undefined, rows } };
    },
    backward: (dy, saved) => {
      const dz = saved.z ? geluGradient(dy, saved.z) : dy;
      const dx = () => multiply(dz, saved.weight, false, false, saved.rows);
      if (hasKernel(WEIGHT_GRADIENT)) {
        const { dWeight, dBias } = runKernel(WEIGHT_GRADIENT, { dz, x: saved.x });
        return { x: dx, weight: () => dWeight, bias: () => dBias };
      }
      return {
        x: dx,
        weight: () => multiply(dz, saved.x, true, false, saved.rows),
        bias: () => columnSum(dz),
      };
    },
  });
}
