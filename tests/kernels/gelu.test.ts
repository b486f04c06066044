// GELU stands between the two layers of every feed-forward block. tfjs computes erf by a polynomial, so value and
// gradient are compared with an erf that is exact to float64.
import { describe, expect, it } from 'vitest';
import { gelu } from '../../src/kernels/gelu/gelu.ts';
import { eachBackend } from '../support/backends.ts';
import { expectClose, normals, outcome, type Plain } from './numbers.ts';

/** 2/sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (2n+1)!!: all terms of one sign, so nothing cancels. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, total] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

const cumulative = (x: number) => (1 + erf(x / Math.SQRT2)) / 2;
const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

const grid = Float32Array.from({ length: 24 * 101 }, (_, i) => (i - 1212) / 100);
const CASES: [string, Plain][] = [
  ['a grid from -12 to 12', { shape: [101, 24], data: grid }],
  ['far values', { shape: [8], data: Float32Array.of(0, -0, 40, -40, 1e4, -1e4, 1e-30, -1e-8) }],
  ...[
    [1, 1],
    [17, 3],
    [33, 768],
  ].map(([rows, width]): [string, Plain] => [`${rows} rows of ${width}`, normals('x', rows!, width!)]),
];

describe('the oracle', () => {
  it('is erf (Abramowitz & Stegun, table 7.1)', () => {
    expect(erf(0.5)).toBeCloseTo(0.5204998778130465, 14);
    expect(erf(1)).toBeCloseTo(0.8427007929497149, 14);
    expect(erf(-2)).toBeCloseTo(-0.9953222650189527, 14);
    expect(erf(0)).toBe(0);
  });
});

describe('gelu on', () => {
  eachBackend(() => {
    it.each(CASES)('%s', async (_, x) => {
      const { value, gradients, shape } = await outcome((input) => gelu(input), [x]);
      const weight = normals('weight', ...x.shape).data;
      expect(shape).toEqual(x.shape);
      expectClose(
        value,
        Array.from(x.data, (v) => v * cumulative(v)),
        { absolute: 1e-6, relative: 1e-6 },
      );
      expectClose(
        gradients[0]!,
        Array.from(x.data, (v, i) => weight[i]! * (cumulative(v) + v * density(v))),
        { absolute: 2e-6, relative: 2e-6, what: 'gradient' },
      );
    });
  });
});
