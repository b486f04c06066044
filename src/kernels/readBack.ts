// Reads the values of a tensor back to the host. Firefox checks only every 100 ms whether the GPU is done (Firefox
// bug 1870699), but also whenever work is submitted, so we make empty submissions until the values arrive.
import * as tf from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** Milliseconds between empty submissions. */
const POLL = 2;

export function readBack(tensor: tf.Tensor): Promise<Float32Array> {
  return withPolling(tensor.data<'float32'>(), slowQueue());
}

/** Waits for a result; with a queue, polls it with empty submissions. */
export async function withPolling<T>(
  answer: Promise<T>,
  queue: Pick<GPUQueue, 'submit'> | undefined,
): Promise<T> {
  if (!queue) return answer;
  const timer = setInterval(() => queue.submit([]), POLL);
  try {
    return await answer;
  } finally {
    clearInterval(timer);
  }
}

/** The queue of the device in use, if its browser needs polling. */
function slowQueue(): GPUQueue | undefined {
  const backend: unknown = tf.backend();
  if (!(backend instanceof WebGPUBackend) || !isFirefox()) return undefined;
  return backend.device.queue;
}

function isFirefox(): boolean {
  return typeof navigator !== 'undefined' && /\bFirefox\//.test(navigator.userAgent);
}
