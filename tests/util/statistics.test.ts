// Histograms and medians are drawn and reported as they are: no value may fall off the edge, and nothing may crash on
// an empty list.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogram, mean, median, sum } from '../../src/util/statistics.ts';

fc.configureGlobal({ seed: 2, numRuns: 200 });

describe('sum, mean and median', () => {
  it('are what they are', () => {
    expect(sum(new Set([1, 2, 4]))).toBe(7);
    expect(mean([1, 2, 6])).toBe(3);
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 2])).toBe(3.5);
  });

  it('sort numbers as numbers, and leave the input alone', () => {
    const values = [10, 9, 100];
    expect(median(values)).toBe(10);
    expect(values).toEqual([10, 9, 100]);
  });

  it('are NaN of nothing, except the sum', () => {
    expect([sum([]), mean([]), median([])]).toEqual([0, NaN, NaN]);
  });
});

describe('histogram', () => {
  it('puts the borders where they belong: the last bin has both of its own', () => {
    const { edges, counts } = histogram([0, 0.24, 0.25, 0.5, 0.75, 1], 0, 1, 4);
    expect(edges).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(counts).toEqual([2, 1, 1, 2]);
  });

  it('counts values outside in the first and the last bin', () => {
    expect(histogram([-3, 7, Infinity, -Infinity], -1, 1, 2).counts).toEqual([2, 2]);
  });

  it('is empty of nothing, with a mean that is not defined', () => {
    expect(histogram([], 0, 1, 2)).toEqual({
      edges: [0, 0.5, 1],
      counts: [0, 0],
      density: [0, 0],
      mean: NaN,
      total: 0,
    });
  });

  it('leaves NaN out of everything', () => {
    expect(histogram([0.1, NaN, 0.3], 0, 1, 1)).toMatchObject({ counts: [2], total: 2, mean: 0.2 });
  });

  it('counts every value once, and its density integrates to 1', () => {
    const values = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 40 }), (list, bins) => {
        const { counts, density, total } = histogram(list, -1, 1, bins);
        expect(sum(counts)).toBe(list.length);
        expect(total).toBe(list.length);
        expect(sum(density) * (2 / bins)).toBeCloseTo(1, 9);
      }),
    );
  });
});
