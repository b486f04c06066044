// The head exists in training only and begins near zero; its first values decide the first steps of a run, so they
// follow from the seed alone.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { applyHead, HEAD_BIAS, HEAD_WEIGHT, initialHead } from '../../src/encoder/head.ts';
import { Parameters } from '../../src/encoder/parameters.ts';
import { eachBackend } from '../support/backends.ts';
import { expectClose, normals, take, toTensor } from '../kernels/numbers.ts';

describe('initialHead', () => {
  it('is normal(0, 6e-3), weight and bias, from the seed alone', () => {
    const head = initialHead(128, 1);
    expect(head.get(HEAD_WEIGHT)!.shape).toEqual([128, 128]);
    expect(head.get(HEAD_BIAS)!.shape).toEqual([128]);
    expect(initialHead(128, 1)).toEqual(head);
    expect(initialHead(128, 2)).not.toEqual(head);
    for (const { data } of head.values()) {
      const mean = data.reduce((a, b) => a + b, 0) / data.length;
      const deviation = Math.sqrt(data.reduce((total, value) => total + value * value, 0) / data.length);
      expect(Math.abs(mean)).toBeLessThan((5 * 6e-3) / Math.sqrt(data.length));
      expect(Math.abs(deviation / 6e-3 - 1)).toBeLessThan(5 / Math.sqrt(2 * data.length));
    }
  });
});

describe('applyHead on', () => {
  eachBackend(() => {
    it('is one linear layer without activation', async () => {
      const head = initialHead(5, 1);
      const parameters = new Parameters(head);
      const pooled = normals('pooled', 3, 5);
      const [weight, bias] = [head.get(HEAD_WEIGHT)!.data, head.get(HEAD_BIAS)!.data];
      const expected = Array.from({ length: 15 }, (_, i) => {
        const [row, out] = [Math.floor(i / 5), i % 5];
        return (
          bias[out]! +
          [0, 1, 2, 3, 4].reduce((s, k) => s + pooled.data[row * 5 + k]! * weight[out * 5 + k]!, 0)
        );
      });
      const result = tf.tidy(() => applyHead(parameters, toTensor(pooled) as tf.Tensor2D));
      expectClose(await take(result), expected, { absolute: 1e-7 });
      parameters.dispose();
    });
  });
});
