// Pooling picks the vector that everything else is about. Which states enter it is told by lengths alone, so padding
// may hold anything.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { pool } from '../../src/encoder/pooling.ts';
import { padRows } from '../../src/tokenizer/pad.ts';
import { eachBackend } from '../support/backends.ts';
import { expectClose, normals, outcome, take, toTensor } from '../kernels/numbers.ts';

const LENGTHS = [5, 2, 3, 1];
const HIDDEN = 3;
const batch = padRows(
  LENGTHS.map((length) => Array<number>(length).fill(7)),
  0,
);
const states = normals('states', LENGTHS.length, 5, HIDDEN);

/** State of token t of row r. */
const at = (r: number, t: number) => [
  ...states.data.subarray((r * 5 + t) * HIDDEN, (r * 5 + t + 1) * HIDDEN),
];

describe('pool on', () => {
  eachBackend(() => {
    const pooled = (pooling: 'cls' | 'mean' | 'mask') =>
      take(tf.tidy(() => pool(toTensor(states) as tf.Tensor3D, batch, pooling)));

    it('cls takes the first state', async () => {
      expectClose(
        await pooled('cls'),
        LENGTHS.flatMap((_, r) => at(r, 0)),
        { absolute: 0 },
      );
    });

    it('mask takes the state before the last one, and never leaves the row', async () => {
      expectClose(
        await pooled('mask'),
        [3, 0, 1, 0].flatMap((t, r) => at(r, t)),
        { absolute: 0 },
      );
    });

    it('mean takes all real states', async () => {
      const means = LENGTHS.flatMap((length, r) =>
        Array.from({ length: HIDDEN }, (_, k) => {
          return Array.from({ length }, (_, t) => at(r, t)[k]!).reduce((a, b) => a + b) / length;
        }),
      );
      expectClose(await pooled('mean'), means);
    });

    it.each(['cls', 'mean', 'mask'] as const)('%s gives padding no gradient', async (pooling) => {
      const { gradients } = await outcome((x) => pool(x as tf.Tensor3D, batch, pooling), [states]);
      const touched = LENGTHS.map((length, r) => {
        const row = gradients[0]!.subarray(r * 5 * HIDDEN, (r + 1) * 5 * HIDDEN);
        const beyond = row.subarray(length * HIDDEN).some((value) => value !== 0);
        return [row.some((value) => value !== 0), beyond];
      });
      expect(touched).toEqual(LENGTHS.map(() => [true, false]));
    });
  });
});
