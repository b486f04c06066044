// Correlations decide which checkpoint is best: where they are not defined they must say so (null), not give a number
// that looks like one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageRanks, pearson, spearman } from '../../src/metrics/correlation.ts';

fc.configureGlobal({ seed: 32, numRuns: 200 });

const values = (count: number) =>
  fc.array(fc.integer({ min: -20, max: 20 }), { minLength: count, maxLength: count });
const pairs = fc.integer({ min: 2, max: 30 }).chain((count) => fc.tuple(values(count), values(count)));

describe('averageRanks', () => {
  it('shares the mean rank between equal values', () => {
    expect(averageRanks([10, 20, 10, 30, 10])).toEqual([2, 4, 2, 5, 2]);
    expect(averageRanks([-0, 0])).toEqual([1.5, 1.5]);
    expect(averageRanks([])).toEqual([]);
  });

  it('always sums to n (n + 1) / 2', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 })), (list) => {
        const total = averageRanks(list).reduce((a, b) => a + b, 0);
        expect(total).toBe((list.length * (list.length + 1)) / 2);
      }),
    );
  });
});

describe.each([
  ['pearson', pearson],
  ['spearman', spearman],
] as const)('%s', (_, correlation) => {
  it.each([
    ['nothing', [], []],
    ['one pair', [1], [2]],
    ['a constant side', [1, 1, 1], [1, 2, 3]],
    ['two constant sides', [2, 2], [3, 3]],
    ['NaN among the similarities', [0.1, NaN, 0.3, 0.2], [1, 2, 3, 4]],
    ['NaN among the scores', [0.1, 0.2, 0.3], [NaN, 2, 3]],
  ])('is null for %s', (_case, x, y) => {
    expect(correlation(x, y)).toBeNull();
  });

  it('is 1 with itself, -1 with its opposite, whatever the scale', () => {
    const x = [1, 5, 2, 9];
    for (const scale of [1e-9, 1, 1e9]) {
      expect(
        correlation(
          x,
          x.map((v) => scale * v + 3 * scale),
        ),
      ).toBeCloseTo(1, 12);
      expect(
        correlation(
          x,
          x.map((v) => -scale * v),
        ),
      ).toBeCloseTo(-1, 12);
    }
  });

  it('is symmetric and stays in [-1, 1]', () => {
    fc.assert(
      fc.property(pairs, ([x, y]) => {
        const r = correlation(x, y);
        const back = correlation(y, x);
        if (r === null) {
          expect(back).toBeNull();
          return;
        }
        expect(back).toBeCloseTo(r, 12);
        expect(Math.abs(r)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('spearman', () => {
  it('sees order alone', () => {
    const [x, y] = [
      [0.1, 0.7, 0.3, 0.9],
      [0, 3, 1, 5],
    ];
    expect(spearman(x, y)).toBe(1);
    expect(
      spearman(
        x.map(Math.exp),
        y.map((v) => v ** 3),
      ),
    ).toBe(1);
    expect(pearson(x, y)).toBeLessThan(1);
  });

  it('takes infinities for the ends of the order', () => {
    expect(spearman([-Infinity, 0, Infinity], [1, 2, 3])).toBe(1);
    expect(pearson([-Infinity, 0, Infinity], [1, 2, 3])).toBeNull();
  });
});

describe('pearson', () => {
  it('does not take rounding for a difference', () => {
    expect(pearson([0.1 + 0.2, 0.3, 0.3], [1, 2, 3])).toBeNull();
  });
});
