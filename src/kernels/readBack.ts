// Numbers of a tensor on the host. Firefox looks only every 100 ms whether a GPU is done (its bug 1870699), but at once
// whenever something is submitted: so nothing is submitted, again and again, until the answer is there.
import * as tf from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** Milliseconds between two submissions of nothing. */
const POLL = 2;

export function readBack(tensor: tf.Tensor): Promise<Float32Array> {
  return polled(tensor.data<'float32'>(), slowQueue());
}

/** Waits for an answer, and asks for it where it would be slow to come. */
export async function polled<T>(answer: Promise<T>, queue: Pick<GPUQueue, 'submit'> | undefined): Promise<T> {
  if (!queue) return answer;
  const timer = setInterval(() => queue.submit([]), POLL);
  try {
    return await answer;
  } finally {
    clearInterval(timer);
  }
}

/** The queue of the device in use, if its browser is slow to answer. */
function slowQueue(): GPUQueue | undefined {
  const backend: unknown = tf.backend();
  if (!(backend instanceof WebGPUBackend) || !isFirefox()) return undefined;
  return backend.device.queue;
}

function isFirefox(): boolean {
  return typeof navigator !== 'undefined' && /\bFirefox\//.test(navigator.userAgent);
}
