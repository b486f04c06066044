// The smallest inputs of a page, and the ends of the scale: all sentences in one point, and two at opposite poles.
import { describe, expect, it } from 'vitest';
import { uniformity } from '../../src/metrics/uniformity.ts';
import { matrixFromRows } from '../../src/metrics/vectors.ts';

describe('uniformity', () => {
  it('is 0 where all sentences fall together, and -8 at opposite poles', () => {
    expect(
      uniformity(
        matrixFromRows([
          [1, 2],
          [2, 4],
          [10, 20],
        ]),
      ),
    ).toBeCloseTo(0, 12);
    expect(
      uniformity(
        matrixFromRows([
          [3, 0],
          [-1, 0],
        ]),
      ),
    ).toBe(-8);
  });

  it('falls as sentences spread', () => {
    const circle = (spread: number) =>
      matrixFromRows(Array.from({ length: 12 }, (_, i) => [Math.cos(i * spread), Math.sin(i * spread)]));
    const values = [0.01, 0.1, 0.3, Math.PI / 6].map((spread) => uniformity(circle(spread)));
    expect(values).toEqual(values.toSorted((a, b) => b - a));
  });

  it('is NaN of fewer than two sentences', () => {
    expect(uniformity(matrixFromRows([]))).toBeNaN();
    expect(uniformity(matrixFromRows([[1, 0]]))).toBeNaN();
  });

  it('does not hide an embedding that is not a number', () => {
    expect(
      uniformity(
        matrixFromRows([
          [1, 0],
          [NaN, 0],
          [0, 1],
        ]),
      ),
    ).toBeNaN();
  });
});
