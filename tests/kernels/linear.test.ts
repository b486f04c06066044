// The dense layer keeps PyTorch's [out, in] weights and has a bias gradient of its own (a product with ones): compared
// with the plain composition, differentiated by tfjs on the cpu backend, over shapes that fill no tile.
import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { linear } from '../../src/kernels/linear/linear.ts';
import { eachBackend } from '../support/backends.ts';
import { expectSameOutcome, normals, oracle, outcome, type Op } from './numbers.ts';

/** Rows, inputs, outputs. */
const SIZES = [
  [1, 1, 1],
  [1, 24, 768],
  [17, 3, 24],
  [33, 24, 3],
  [33, 768, 24],
] as const;

const ours: Op = (x, w, b) => linear(x as tf.Tensor2D, w as tf.Tensor2D, b as tf.Tensor1D);
const composed: Op = (x, w, b) => tf.add(tf.matMul(x, tf.transpose(w)), b);

const cases = await oracle(
  composed,
  SIZES.map(([rows, width, out]) => ({
    name: `${rows} rows, ${width} to ${out}`,
    inputs: [normals('x', rows, width), normals('w', out, width), normals('b', out)],
  })),
);

describe('linear on', () => {
  eachBackend(() => {
    it.each(cases)('$name', async ({ inputs, expected }) => {
      expectSameOutcome(await outcome(ours, inputs), expected, { absolute: 1e-4 });
    });
  });
});
