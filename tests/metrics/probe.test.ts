// The probe meets scikit-learn on its reference values; here it meets data that leaves a solver no room.
import { describe, expect, it } from 'vitest';
import { fitProbe, predict, type LabelledFeatures } from '../../src/metrics/probe.ts';
import { matrixFromRows } from '../../src/metrics/vectors.ts';

const all = (features: unknown[]) => [...features.keys()];

describe.each(['binary', 'multinomial'] as const)('a %s probe', (mode) => {
  const fit = (features: number[][], labels: number[]) =>
    fitProbe({ features: matrixFromRows(features), labels, mode, classes: 2 }, all(features));
  const predicted = (probe: ReturnType<typeof fit>, features: number[][]) =>
    predict(probe, matrixFromRows(features), all(features));

  it('gives the more frequent class when the features say nothing', () => {
    const features = [[0], [0], [0], [0]];
    const probe = fit(features, [1, 1, 1, 0]);
    expect(predicted(probe, features)).toEqual([1, 1, 1, 1]);
    const coefficients = probe.weights.filter((_, k) => k % 2 === 0);
    expect(coefficients.every((w) => Math.abs(w) < 1e-6)).toBe(true);
  });

  it('stays finite on data that can be separated, and on large features', () => {
    const features = [[-1000], [-900], [900], [1000]];
    const probe = fit(features, [0, 0, 1, 1]);
    expect(predicted(probe, features)).toEqual([0, 0, 1, 1]);
    expect([...probe.weights, probe.objective].every(Number.isFinite)).toBe(true);
  });

  it('learns from one example, and from none', () => {
    expect(predicted(fit([[2]], [1]), [[2]])).toEqual([1]);
    expect(fit([], []).iterations).toBe(0);
    expect(predicted(fit([], []), [])).toEqual([]);
  });

  it('does not crash on embeddings that are not numbers, and does not call that converged', () => {
    const probe = fit([[NaN], [1]], [0, 1]);
    expect(predicted(probe, [[NaN], [1]])).toHaveLength(2);
    expect(probe.converged).toBe(false);
  });
});

describe('fitProbe', () => {
  const data: LabelledFeatures = {
    features: matrixFromRows([
      [0, 1],
      [1, 0],
      [1, 1],
      [0, 0.2],
    ]),
    labels: [0, 1, 1, 0],
    classes: 2,
  };

  it('with a weaker penalty fits closer', () => {
    const size = (c: number) => {
      const [a, b] = fitProbe(data, [0, 1, 2, 3], { c }).weights;
      return a! * a! + b! * b!;
    };
    expect(size(0.1)).toBeLessThan(size(1));
    expect(size(1)).toBeLessThan(size(10));
  });

  it('fits the examples it is given, and no others', () => {
    const some = {
      ...data,
      features: matrixFromRows([
        [0, 1],
        [1, 0],
      ]),
      labels: [0, 1],
    };
    expect(fitProbe(data, [0, 1])).toEqual(fitProbe(some, [0, 1]));
  });

  it('stops where it is told to, and says that it did not converge', () => {
    const probe = fitProbe(data, [0, 1, 2, 3], { maxIterations: 2 });
    expect(probe.iterations).toBeLessThanOrEqual(2);
    expect(probe.converged).toBe(false);
  });
});
