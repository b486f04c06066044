// A tensor looked at on its way through a computation, forward and back, that is the same with and without the look.
import * as tf from '@tensorflow/tfjs-core';

/** Receives intermediate tensors by name; they live only as long as the call. */
export type Watch = (name: string, value: tf.Tensor) => void;

/**
 * The same tensor. A watch is given its value at once under `name`, and on the way back the gradient with respect to
 * it under `<name>.gradient`.
 */
export function watched<T extends tf.Tensor>(x: T, name: string, watch: Watch | undefined): T {
  if (!watch) return x;
  watch(name, x);
  return tf.customGrad((value) => ({
    value: tf.clone(value as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => {
      watch(`${name}.gradient`, dy);
      return tf.clone(dy);
    },
  }))(x) as T;
}
