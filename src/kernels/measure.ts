// Measures the matrix multiplication speed of the started device, in limited time, for `doctor`.
import * as tf from '@tensorflow/tfjs-core';
import { matMul } from './matMul/matMul.ts';

/** GFLOP/s of [size, size] products in float32, the best of a few runs within about `budget` milliseconds. */
export async function matMulRate(size: number, budget = 1500): Promise<number> {
  const [a, b] = [tf.fill([size, size], 1 / size), tf.fill([size, size], 1)];
  let best = Infinity;
  const started = performance.now();
  for (let run = 0; run < 2 || (run < 20 && performance.now() - started < budget); run++) {
    const from = performance.now();
    const corner = tf.tidy(() => tf.slice(matMul(a, b), [0, 0], [1, 1]));
    await corner.data(); // waits for the device
    corner.dispose();
    if (run > 0) best = Math.min(best, performance.now() - from);
  }
  tf.dispose([a, b]);
  return (2 * size ** 3) / best / 1e6;
}
