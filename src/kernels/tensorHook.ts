// Hooks that observe a tensor of a computation and its gradient, without changing the computation.
import * as tf from '@tensorflow/tfjs-core';

/** Receives intermediate tensors by name; they live only as long as the call. */
export type TensorHook = (name: string, value: tf.Tensor) => void;

/**
 * Returns the same tensor. The hook is called at once with its value, under `name`, and in the backward pass with its
 * gradient, under `<name>.gradient`.
 */
export function withHook<T extends tf.Tensor>(x: T, name: string, watch: TensorHook | undefined): T {
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
