// Prepares variables that kernels overwrite in place.
import * as tf from '@tensorflow/tfjs-core';

/** Gives a variable its own copy of its data if it shares them, for example with a clone, before it is overwritten. */
export function makeUnshared(variable: tf.Variable): void {
  if (tf.backend().refCount(variable.dataId) <= 1) return;
  const copy = tf.tidy(() => tf.mul(variable, 1));
  variable.assign(copy);
  copy.dispose();
}
