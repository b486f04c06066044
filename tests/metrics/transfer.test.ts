// Transfer scores agree with scikit-learn's on the reference values. Here: they see what is there, all of it where
// classes lie apart and chance where they do not; and the solver's shortcuts change nothing but its time.
import { describe, expect, it } from 'vitest';
import { nestedFolds } from '../../src/metrics/folds.ts';
import { fitProbe, type LabelledFeatures } from '../../src/metrics/probe.ts';
import { f1Score, fitCount, pairFeatures, PENALTIES, scoreTransfer } from '../../src/metrics/transfer.ts';
import { matrixFromRows } from '../../src/metrics/vectors.ts';
import { Random } from '../../src/util/random.ts';

/** Clouds of points around the corners of a simplex, one a class. */
function clouds(perClass: number, classes: number, spread: number): LabelledFeatures {
  const random = Random.seeded(1);
  const labels = Array.from({ length: perClass * classes }, (_, i) => i % classes);
  const rows = labels.map((label) =>
    Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0) + spread * random.normal()),
  );
  return { features: matrixFromRows(rows), labels, classes };
}

const score = (data: LabelledFeatures) => scoreTransfer(data, nestedFolds(data.labels), PENALTIES);

describe('scoreTransfer', () => {
  it.each([2, 3, 6])('is 1 where %i classes lie apart', (classes) => {
    expect(score(clouds(20, classes, 0.05))).toMatchObject({ accuracy: 1, devAccuracy: 1, notConverged: 0 });
  });

  it('is about chance where there is nothing to see', () => {
    const data = clouds(100, 2, 1);
    const random = Random.seeded(2);
    const { accuracy } = score({ ...data, labels: data.labels.map(() => random.integer(2)) });
    expect(Math.abs(accuracy - 0.5)).toBeLessThan(0.15);
  });

  it('lies between for clouds that overlap, and does not change from call to call', () => {
    const data = clouds(50, 2, 0.7);
    const first = score(data);
    expect(first.accuracy).toBeGreaterThan(0.6);
    expect(first.accuracy).toBeLessThan(1);
    expect(score(data)).toEqual(first);
  });

  it.each([2, 4])('gives the probe of a fit from 0 without curvature (%i classes)', (classes) => {
    const data = clouds(40, classes, 0.8);
    const splits = nestedFolds(data.labels).slice(0, 2);
    const { splits: judged } = scoreTransfer(data, splits, PENALTIES);
    judged.forEach(({ c, probe }, s) => {
      const plain = fitProbe(data, splits[s]!.train, { c, tolerance: 1e-10 });
      probe.weights.forEach((weight, k) => expect(weight).toBeCloseTo(plain.weights[k]!, 5));
    });
  });

  it('takes the strongest penalty of those that choose equally well', () => {
    for (const { c, scores } of score(clouds(20, 2, 0.05)).splits) {
      expect(new Set(scores)).toEqual(new Set([100]));
      expect(c).toBe(0.25);
    }
  });

  it('reports each fit, as many as announced', () => {
    const data = clouds(10, 2, 0.5);
    const splits = nestedFolds(data.labels);
    let fits = 0;
    scoreTransfer(data, splits, PENALTIES, () => fits++);
    expect(fits).toBe(fitCount(splits, PENALTIES));
    expect(fits).toBe(10 * 6 * 11);
    const given = [{ train: [0, 1], test: [2], inner: [] }];
    given.forEach((split) => expect(fitCount([{ ...split, inner: [split] }], PENALTIES)).toBe(6));
  });
});

describe('f1Score', () => {
  const split = { train: [], inner: [], test: [0, 1, 2, 3] };

  it('counts class 1 over all splits together', () => {
    // Two hits, one miss, one false alarm: precision 2/3 and recall 2/3.
    const judged = [{ predictions: [1, 1, 0, 1] }];
    expect(f1Score([1, 1, 1, 0], [split], judged)).toBeCloseTo(2 / 3, 12);
    const parts = [0, 1, 2, 3].map((i) => ({ ...split, test: [i] }));
    const single = [1, 1, 0, 1].map((prediction) => ({ predictions: [prediction] }));
    expect(f1Score([1, 1, 1, 0], parts, single)).toBeCloseTo(2 / 3, 12);
  });

  it('is 0 where class 1 is neither there nor predicted', () => {
    expect(f1Score([0, 0, 0, 0], [split], [{ predictions: [0, 0, 0, 0] }])).toBe(0);
  });
});

it('gives |u - v| and u * v of a pair', () => {
  expect([...pairFeatures([1, -2], [3, 4])]).toEqual([2, 6, 3, -8]);
});
