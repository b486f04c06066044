// Dense layer y = x . W^T + b, the weight as PyTorch keeps it: [out, in].
import * as tf from '@tensorflow/tfjs-core';
import { matMul, sumRows } from './matMul.ts';

/** Adds a bias [columns] to every row of [rows, columns]; its gradient is a column sum. */
function addBias(x: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  const op = tf.customGrad((rows, b) => ({
    value: tf.add(rows as tf.Tensor, b as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => [tf.clone(dy), sumRows(dy as tf.Tensor2D)],
  }));
  return op(x, bias) as tf.Tensor2D;
}

/** @param x [rows, in]; @param weight [out, in]; @param bias [out]. Returns [rows, out]. */
export function linear(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return addBias(matMul(x, weight, false, true) as tf.Tensor2D, bias);
}
