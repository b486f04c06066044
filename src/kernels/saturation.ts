// Counts the operand entries that products in F16 saturate: they lie beyond 65504, the largest number of F16, and become
// it. The products count where they round (matMul/matMulF16.wgsl.ts), every entry once for each product it is in, and add
// up in one number on the device, which stays there until it is taken.
import * as tf from '@tensorflow/tfjs-core';
import { release } from './buffers.webgpu.ts';
import type { WebGpuBackend } from './tfjsBackends.ts';

/** By backend. */
const counters = new WeakMap<object, tf.TensorInfo>();

/** The counter that products on this backend add to, uint32 [1]. */
export function saturationCounter(backend: WebGpuBackend): tf.TensorInfo {
  let counter = counters.get(backend);
  if (!counter) {
    counter = backend.makeTensorInfo([1], 'int32', Int32Array.of(0));
    counters.set(backend, counter);
  }
  return counter;
}

/**
 * Takes the number of saturated entries since it was last taken, as a tensor on the device in use; the count begins again
 * at 0. undefined if no product has counted since.
 */
export function takeSaturation(): tf.Tensor1D | undefined {
  const backend = tf.backend();
  const counter = counters.get(backend);
  if (!counter) return undefined;
  counters.delete(backend);
  const taken = tf.engine().makeTensorFromTensorInfo(counter) as tf.Tensor1D;
  const count = tf.cast(taken, 'float32');
  taken.dispose();
  return count;
}

/** A count as it was read back: beyond 2^31 the device's unsigned number comes as a negative one. */
export function saturatedEntries(read: number): number {
  return read < 0 ? read + 2 ** 32 : read;
}

/** Frees the counter of a backend that has no more products in F16. */
export function releaseSaturation(backend: WebGpuBackend): void {
  const counter = counters.get(backend);
  if (!counter) return;
  counters.delete(backend);
  release(backend, counter);
}
