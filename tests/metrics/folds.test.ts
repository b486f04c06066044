// Folds decide what a transfer figure means: no example may be judged by a probe that learned from it, and every class
// must be in every part in proportion.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  givenDevAndTest,
  givenTest,
  nestedFolds,
  stratifiedFolds,
  type Split,
} from '../../src/metrics/folds.ts';
import { Random } from '../../src/util/random.ts';

fc.configureGlobal({ seed: 35, numRuns: 100 });

const sorted = (indices: readonly number[]) => [...indices].sort((a, b) => a - b);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Every split divides these examples in two, and each of them is in one test part. */
function expectCrossValidation(splits: readonly Split[], among: readonly number[]): void {
  for (const { train, test } of splits) expect(sorted([...train, ...test])).toEqual(sorted(among));
  expect(sorted(splits.flatMap(({ test }) => test))).toEqual(sorted(among));
}

describe('stratifiedFolds', () => {
  it('gives each example one fold, and deals every class, and the whole, out evenly', () => {
    const labels = fc.array(fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(labels, fc.integer({ min: 2, max: 6 }), fc.nat(), (classes, folds, seed) => {
        const fold = stratifiedFolds(classes, folds, Random.seeded(seed));
        expect(fold).toHaveLength(classes.length);
        for (const label of [undefined, ...new Set(classes)]) {
          const own = fold.filter((_, i) => label === undefined || classes[i] === label);
          const sizes = Array.from({ length: folds }, (_, k) => own.filter((f) => f === k).length);
          expect(sizes.reduce((a, b) => a + b, 0)).toBe(own.length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('depends on the seed alone', () => {
    const labels = Array.from({ length: 40 }, (_, i) => i % 2);
    const folds = (seed: number) => stratifiedFolds(labels, 5, Random.seeded(seed));
    expect(folds(1)).toEqual(folds(1));
    expect(folds(1)).not.toEqual(folds(2));
  });
});

describe('what is judged', () => {
  // Sorted by label, as MR is.
  const labels = [...Array<number>(70).fill(0), ...Array<number>(50).fill(1)];

  it('without given splits is each of ten folds, and ten folds of the rest choose', () => {
    const splits = nestedFolds(labels);
    expect(splits).toHaveLength(10);
    expectCrossValidation(splits, range(0, 120));
    for (const { train, test, inner } of splits) {
      expect(test.filter((i) => labels[i] === 1)).toHaveLength(5);
      expect(inner).toHaveLength(10);
      expectCrossValidation(inner, train);
    }
    expect(nestedFolds(labels)).toEqual(splits);
  });

  it('with a test split is that split alone, and ten folds of the training split choose', () => {
    const given = { train: range(0, 100), test: range(100, 120) };
    const [split, ...more] = givenTest(labels, given);
    expect(more).toEqual([]);
    expect(split).toMatchObject(given);
    expectCrossValidation(split!.inner, given.train);
  });

  it('with dev and test splits is the test split, and the dev split chooses', () => {
    const given = { train: range(0, 80), test: range(100, 120) };
    expect(givenDevAndTest(given, range(80, 100))).toEqual([
      { ...given, inner: [{ train: given.train, test: range(80, 100) }] },
    ]);
  });
});
