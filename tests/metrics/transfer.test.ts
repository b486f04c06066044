// Transfer accuracy must see what is there: all of it where classes lie apart, chance where they do not, and folds that
// hold every class in proportion.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossValidatedAccuracy, splitAccuracy, stratifiedFolds } from '../../src/metrics/transfer.ts';
import { Random } from '../../src/util/random.ts';

fc.configureGlobal({ seed: 35, numRuns: 100 });

/** Clouds of points around the corners of a simplex, one a class. */
function clouds(perClass: number, classes: number, spread: number, seed = 1) {
  const random = Random.seeded(seed);
  const labels = Array.from({ length: perClass * classes }, (_, i) => i % classes);
  const features = labels.map((label) =>
    Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0) + spread * random.normal()),
  );
  return { features, labels };
}

describe('stratifiedFolds', () => {
  it('gives each example one fold, and deals every class out evenly', () => {
    const labels = fc.array(fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(labels, fc.integer({ min: 2, max: 6 }), fc.nat(), (classes, folds, seed) => {
        const fold = stratifiedFolds(classes, folds, Random.seeded(seed));
        expect(fold).toHaveLength(classes.length);
        for (const label of new Set(classes)) {
          const own = fold.filter((_, i) => classes[i] === label);
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

describe('crossValidatedAccuracy', () => {
  it.each([2, 3, 6])('is 1 where %i classes lie apart', (classes) => {
    const { features, labels } = clouds(20, classes, 0.05);
    expect(crossValidatedAccuracy(features, labels, { classes })).toBe(1);
  });

  it('is about chance where there is nothing to see', () => {
    const { features } = clouds(100, 2, 1);
    const random = Random.seeded(2);
    const labels = features.map(() => random.integer(2));
    const accuracy = crossValidatedAccuracy(features, labels, { classes: 2 });
    expect(Math.abs(accuracy - 0.5)).toBeLessThan(0.15);
  });

  it('lies between for clouds that overlap, and does not change from call to call', () => {
    const { features, labels } = clouds(50, 2, 0.7);
    const options = { classes: 2, folds: 4, seed: 3 };
    const accuracy = crossValidatedAccuracy(features, labels, options);
    expect(accuracy).toBeGreaterThan(0.6);
    expect(accuracy).toBeLessThan(1);
    expect(crossValidatedAccuracy(features, labels, options)).toBe(accuracy);
  });

  it('copes with fewer examples than folds, with one class, and with nothing', () => {
    expect(crossValidatedAccuracy([[1], [2]], [0, 0], { classes: 1 })).toBe(1);
    expect(
      crossValidatedAccuracy([[0], [1], [0]], [0, 1, 0], { classes: 2, folds: 10 }),
    ).toBeGreaterThanOrEqual(0);
    expect(crossValidatedAccuracy([], [], { classes: 2 })).toBeNaN();
  });
});

describe('splitAccuracy', () => {
  it('learns before the cut and is judged after it', () => {
    const features = [[-1], [1], [-2], [2], [-1], [1]];
    const labels = [0, 1, 0, 1, 0, 0];
    expect(splitAccuracy(features, labels, 4, { classes: 2, c: 100 })).toBe(0.5);
    expect(splitAccuracy(features, labels, 6, { classes: 2 })).toBeNaN();
  });
});
