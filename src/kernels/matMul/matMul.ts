// Matrix product with optional transposes, and its gradient.
//
// Kernel "SemblanceMatMul" {a, b, rows?} {transposeA, transposeB} -> op(a) . op(b), ranks 2 to 4, equal leading axes.
//
// Without our kernel, the WASM backend multiplies through XNNPACK (about ten times faster than its own loop) only
// when neither operand is transposed, and every product of a backward pass has a transposed operand. There, the
// operand is therefore transposed first.
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelToken, runKernel } from '../kernelToken.ts';
import { differentiable } from '../differentiable.ts';

export interface MatMulAttributes {
  transposeA: boolean;
  transposeB: boolean;
}

export const MATMUL = kernelToken('SemblanceMatMul', {
  inputs: ['a', 'b', 'rows?'],
  attributes: {} as MatMulAttributes,
  outputs: ['y'],
});

function transposeLast<T extends tf.Tensor>(x: T): T {
  const axes = x.shape.map((_, i) => i);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/**
 * The product without a gradient of its own.
 * @param rows int32: the rows of a stored matrix a that are not 0; a kernel may skip the others
 */
export function multiply(
  a: tf.Tensor,
  b: tf.Tensor,
  transposeA: boolean,
  transposeB: boolean,
  rows?: tf.Tensor,
): tf.Tensor {
  if (hasKernel(MATMUL)) return runKernel(MATMUL, { a, b, rows }, { transposeA, transposeB }).y;
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b, transposeA, transposeB);
  return tf.tidy(() => tf.matMul(transposeA ? transposeLast(a) : a, transposeB ? transposeLast(b) : b));
}

/**
 * op(a) . op(b) over the last two axes; leading axes must be equal.
 * @param a [..., m, k], or [..., k, m] with transposeA
 * @param b [..., k, n], or [..., n, k] with transposeB
 */
export function matMul(a: tf.Tensor, b: tf.Tensor, transposeA = false, transposeB = false): tf.Tensor {
  return differentiable({
    inputs: { a, b },
    forward: () => ({ value: multiply(a, b, transposeA, transposeB), saved: { a, b } }),
    backward: (dy, saved) => ({
      a: () =>
        transposeA ? multiply(saved.b, dy, transposeB, true) : multiply(dy, saved.b, false, !transposeB),
      b: () =>
        transposeB ? multiply(dy, saved.a, true, transposeA) : multiply(saved.a, dy, !transposeA, false),
    }),
  });
}
