// Variables that kernels overwrite where they lie.
import * as tf from '@tensorflow/tfjs-core';

/** Gives a variable data of its own where it shares them (with a clone, say): it is about to be overwritten. */
export function makeSole(variable: tf.Variable): void {
  if (tf.backend().refCount(variable.dataId) <= 1) return;
  const copy = tf.tidy(() => tf.mul(variable, 1));
  variable.assign(copy);
  copy.dispose();
}
