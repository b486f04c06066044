// The pass that measures a device: it tells a time, and leaves nothing behind.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { startDevice } from '../../src/kernels/backend.ts';
import { forwardTime } from '../../src/trainer/forwardTime.ts';
import { tinyModel } from '../support/tiny.ts';

it.each(['wasm', 'webgpu'] as const)('is timed as on %s, and every tensor is disposed of', async (device) => {
  await startDevice('wasm', { gpu: async () => 'none' });
  const before = tf.memory().numTensors;
  const milliseconds = await forwardTime(tinyModel(), device);
  expect(milliseconds).toBeGreaterThan(0);
  expect(milliseconds).toBeLessThan(10_000);
  expect(tf.memory().numTensors).toBe(before);
});
