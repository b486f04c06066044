// The probe meets scikit-learn on its reference values; here it meets data that leaves a solver no room.
import { describe, expect, it } from 'vitest';
import { fitProbe, predict } from '../../src/metrics/probe.ts';

describe.each(['binary', 'multinomial'] as const)('a %s probe', (mode) => {
  const fit = (features: number[][], labels: number[]) => fitProbe(features, labels, { mode, classes: 2 });

  it('gives the more frequent class when the features say nothing', () => {
    const features = [[0], [0], [0], [0]];
    const probe = fit(features, [1, 1, 1, 0]);
    expect(predict(probe, features)).toEqual([1, 1, 1, 1]);
    expect([...probe.coefficients].every((w) => Math.abs(w) < 1e-6)).toBe(true);
  });

  it('stays finite on data that can be separated, and on large features', () => {
    const features = [[-1000], [-900], [900], [1000]];
    const probe = fit(features, [0, 0, 1, 1]);
    expect(predict(probe, features)).toEqual([0, 0, 1, 1]);
    expect([...probe.coefficients, ...probe.intercepts, probe.objective].every(Number.isFinite)).toBe(true);
  });

  it('learns from one example, and from none', () => {
    expect(predict(fit([[2]], [1]), [[2]])).toEqual([1]);
    expect(fit([], []).iterations).toBe(0);
    expect(predict(fit([], []), [])).toEqual([]);
  });

  it('does not crash on embeddings that are not numbers', () => {
    expect(predict(fit([[NaN], [1]], [0, 1]), [[NaN], [1]])).toHaveLength(2);
  });
});

describe('fitProbe', () => {
  it('with a weaker penalty fits closer', () => {
    const features = [
      [0, 1],
      [1, 0],
      [1, 1],
      [0, 0.2],
    ];
    const labels = [0, 1, 1, 0];
    const size = (c: number) =>
      fitProbe(features, labels, { c, classes: 2 }).coefficients.reduce((total, w) => total + w * w, 0);
    expect(size(0.1)).toBeLessThan(size(1));
    expect(size(1)).toBeLessThan(size(10));
  });

  it('stops where it is told to', () => {
    const { iterations } = fitProbe([[1], [2], [3]], [0, 1, 0], { classes: 2, maxIterations: 2 });
    expect(iterations).toBeLessThanOrEqual(2);
  });
});
