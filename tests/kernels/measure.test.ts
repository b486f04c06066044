// `doctor` runs this on machines nobody knows: it must end, give a rate, and leave no memory behind.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { matMulRate } from '../../src/kernels/measure.ts';
import { eachBackend } from '../support/backends.ts';

describe('matMulRate on', () => {
  eachBackend(() => {
    it('is a positive number, and no tensor stays', async () => {
      const before = tf.memory().numTensors;
      const rate = await matMulRate(17, 0);
      expect(rate).toBeGreaterThan(0);
      expect(rate).toBeLessThan(Infinity);
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});
