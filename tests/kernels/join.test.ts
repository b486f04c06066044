// Small tensors travel to one kernel and back: an element that lands in its neighbour's place would train the wrong
// weight without a sign of it.
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composedJoin, join, splitInto } from '../../src/kernels/join/join.ts';
import { eachBackend } from '../support/backends.ts';
import { expectSameBits, normals, take, toTensor } from './numbers.ts';

const shapes = fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }), {
  minLength: 1,
  maxLength: 40,
});

describe('tensors laid end to end on', () => {
  eachBackend(() => {
    it('stand in order, and come back to where they were from', async () => {
      await fc.assert(
        fc.asyncProperty(shapes, async (drawn) => {
          const before = tf.memory().numTensors;
          const variables = drawn.map((shape, i) =>
            tf.tidy(() => tf.variable(toTensor(normals(`x${i}`, ...shape)))),
          );
          const joined = join(variables);
          expectSameBits(await take(tf.clone(joined)), await take(composedJoin(variables)));
          const doubled = tf.mul<tf.Tensor1D>(joined, 2);
          splitInto(doubled, variables);
          for (const [i, variable] of variables.entries()) {
            expect(variable.shape).toEqual(drawn[i]);
            const expected = normals(`x${i}`, ...drawn[i]!).data.map((x) => 2 * x);
            expectSameBits(Float32Array.from(await variable.data()), expected);
          }
          tf.dispose([joined, doubled, ...variables]);
          expect(tf.memory().numTensors).toBe(before);
        }),
        { numRuns: 12, seed: 5 },
      );
    });

    it('leave alone what shares the data of a variable', async () => {
      const variable = tf.variable(tf.tensor1d([1, 2, 3]));
      const other = tf.variable(tf.tensor2d([[4, 5]]));
      const copy = tf.clone(variable);
      splitInto(tf.tensor1d([6, 7, 8, 9, 10]), [variable, other]);
      expect([...(await copy.data())]).toEqual([1, 2, 3]);
      expect([...(await variable.data())]).toEqual([6, 7, 8]);
      expect([...(await other.data())]).toEqual([9, 10]);
      tf.disposeVariables();
    });
  });
});
