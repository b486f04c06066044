// Variables that kernels overwrite in place.
import * as tf from '@tensorflow/tfjs-core';

/** Gives a variable its own data if it shares them, with a clone for example: it is about to be overwritten. */
export function makeUnshared(variable: tf.Variable): void {
  if (tf.backend().refCount(variable.dataId) <= 1) return;
  const copy = tf.tidy(() => tf.mul(variable, 1));
  variable.assign(copy);
  copy.dispose();
}
