// Hooks that see a tensor of a computation and its gradient; the computation is the same with and without them.
import * as tf from '@tensorflow/tfjs-core';

/** Receives intermediate tensors by name; they live only as long as the call. */
export type TensorHook = (name: string, value: tf.Tensor) => void;

/**
 * The same tensor. The hook is called with its value at once, under `name`, and in the backward pass with the gradient with
 * respect to it, under `<name>.gradient`.
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
