// Matrix product with optional transposes, and its gradient.
//
// The WASM backend multiplies through XNNPACK only when neither operand is transposed (about ten times faster than its
// own loop), and every product of a backward pass has a transposed operand. So there the operand is transposed first.
import * as tf from '@tensorflow/tfjs-core';

function transposeLast<T extends tf.Tensor>(x: T): T {
  const axes = x.shape.map((_, i) => i);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/** The product itself, without a gradient of its own. */
function multiply(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b, transposeA, transposeB);
  return tf.tidy(() => tf.matMul(transposeA ? transposeLast(a) : a, transposeB ? transposeLast(b) : b));
}

/**
 * op(a) . op(b) over the last two axes; leading axes must be equal.
 * @param a [..., m, k], or [..., k, m] with transposeA
 * @param b [..., k, n], or [..., n, k] with transposeB
 */
export function matMul(a: tf.Tensor, b: tf.Tensor, transposeA = false, transposeB = false): tf.Tensor {
  const op = tf.customGrad((x, y, save) => {
    const [left, right] = [x as tf.Tensor, y as tf.Tensor];
    (save as tf.GradSaveFunc)([left, right]);
    return {
      value: multiply(left, right, transposeA, transposeB),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [l, r] = [saved[0]!, saved[1]!];
        const gradLeft = transposeA ? multiply(r, dy, transposeB, true) : multiply(dy, r, false, !transposeB);
        const gradRight = transposeB
          ? multiply(dy, l, true, transposeA)
          : multiply(l, dy, !transposeA, false);
        return [gradLeft, gradRight];
      },
    };
  });
  return op(a, b);
}

/** Column sums of [rows, columns], as a product with ones: no transpose and no tree of reductions. */
export function sumRows(x: tf.Tensor2D): tf.Tensor1D {
  return tf.tidy(() =>
    tf.reshape<tf.Rank.R1>(multiply(tf.ones([1, x.shape[0]]), x, false, false), [x.shape[1]]),
  );
}
