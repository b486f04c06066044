// What a task is worth when its parts cannot be correlated: null, for the part that is not defined, never NaN.
import { describe, expect, it } from 'vitest';
import { spearman } from '../../src/metrics/correlation.ts';
import { aggregate, stsFromEmbeddings } from '../../src/metrics/sts.ts';
import { matrixFromRows } from '../../src/metrics/vectors.ts';

describe('aggregate', () => {
  it('is null of nothing', () => {
    expect(aggregate([], spearman)).toEqual({ all: null, mean: null, wmean: null });
  });

  it('has no mean when one subset has no correlation, though all pairs together do', () => {
    const result = aggregate(
      [
        { name: 'good', system: [0.1, 0.2, 0.3], gold: [1, 2, 3] },
        { name: 'one pair', system: [0.4], gold: [4] },
      ],
      spearman,
    );
    expect(result).toEqual({ all: 1, mean: null, wmean: null });
  });

  it('weighs subsets by their size, all by their pairs', () => {
    const result = aggregate(
      [
        { name: 'large', system: [1, 2, 3, 4], gold: [1, 2, 3, 4] },
        { name: 'small', system: [2, 1], gold: [1, 2] },
      ],
      spearman,
    );
    expect(result.mean).toBe(0);
    expect(result.wmean).toBeCloseTo((4 - 2) / 6, 12);
    expect(result.all).toBeGreaterThan(0);
  });
});

describe('stsFromEmbeddings', () => {
  it('counts a zero embedding as similarity 0', () => {
    const a = matrixFromRows([
      [1, 0],
      [0, 0],
      [1, 0],
    ]);
    const b = matrixFromRows([
      [1, 0],
      [1, 0],
      [-1, 0],
    ]);
    expect(stsFromEmbeddings(a, b, [5, 2, 0])).toMatchObject({ cosine: [1, 0, -1], spearman: 1 });
  });

  it('is null when the encoder has collapsed or diverged', () => {
    const same = matrixFromRows([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    expect(stsFromEmbeddings(same, same, [1, 2, 3])).toMatchObject({ spearman: null, pearson: null });
    const diverged = matrixFromRows([
      [1, 1],
      [NaN, 1],
      [1, 0],
    ]);
    expect(stsFromEmbeddings(diverged, same, [1, 2, 3])).toMatchObject({ spearman: null, pearson: null });
  });
});
