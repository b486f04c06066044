// Layer normalisation writes its gradient out by hand. Values are compared with float64 loops, gradients with the plain
// composition, which tfjs differentiates on the cpu backend; and the cases where a variance of 0 could bite.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { layerNorm } from '../../src/kernels/layerNorm/layerNorm.ts';
import { eachBackend } from '../support/backends.ts';
import { expectClose, expectSameOutcome, normals, oracle, outcome, type Op, type Plain } from './numbers.ts';

const EPSILON = 1e-12;
const ROWS = [1, 17, 33];
const WIDTHS = [1, 3, 24, 768];

const ours: Op = (x, gamma, bias) =>
  layerNorm(x as tf.Tensor2D, gamma as tf.Tensor1D, bias as tf.Tensor1D, EPSILON);

const composed: Op = (x, gamma, bias) => {
  const { mean, variance } = tf.moments(x, 1, true);
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON))), gamma), bias);
};

function looped([x, gamma, bias]: readonly Plain[]): Float64Array {
  const [rows, width] = [x!.shape[0]!, x!.shape[1]!];
  const result = new Float64Array(rows * width);
  for (let r = 0; r < rows; r++) {
    const row = Float64Array.from(x!.data.subarray(r * width, (r + 1) * width));
    const mean = row.reduce((a, b) => a + b, 0) / width;
    const variance = row.reduce((total, value) => total + (value - mean) ** 2, 0) / width;
    row.forEach((value, k) => {
      result[r * width + k] =
        ((value - mean) / Math.sqrt(variance + EPSILON)) * gamma!.data[k]! + bias!.data[k]!;
    });
  }
  return result;
}

function inputsOf(rows: number, width: number): Plain[] {
  return [normals('x', rows, width), normals('gamma', width), normals('bias', width)];
}

const cases = await oracle(
  composed,
  ROWS.flatMap((rows) =>
    WIDTHS.map((width) => ({ name: `${rows} rows of ${width}`, inputs: inputsOf(rows, width) })),
  ),
);

describe('layerNorm on', () => {
  eachBackend(() => {
    it.each(cases)('$name', async ({ inputs, expected }) => {
      const result = await outcome(ours, inputs);
      expectClose(result.value, looped(inputs), { absolute: 1e-4, what: 'value' });
      expectSameOutcome(result, expected, { absolute: 2e-4, relative: 1e-4 });
    });

    it('keeps constant rows finite, and gives rows of one feature their bias', async () => {
      for (const constant of [0, 3.3, -1e4]) {
        const [x, gamma, bias] = inputsOf(3, 24);
        x!.data.fill(constant);
        const { value, gradients } = await outcome(ours, [x!, gamma!, bias!]);
        expect([...value, ...gradients.flatMap((g) => [...g])].every(Number.isFinite)).toBe(true);
      }
      const narrow = inputsOf(17, 1);
      const { value, gradients } = await outcome(ours, narrow);
      expectClose(value, new Float32Array(17).fill(narrow[2]!.data[0]!), { absolute: 0 });
      expectClose(gradients[0]!, new Float32Array(17), { absolute: 0 });
    });

    it('loses nothing where the mean is large beside the spread', async () => {
      const inputs = inputsOf(3, 768);
      inputs[0]!.data.forEach((value, i, all) => (all[i] = 1000 + value));
      const { value } = await outcome(ours, inputs);
      expectClose(value, looped(inputs), { absolute: 2e-3, relative: 1e-3 });
    });
  });
});
