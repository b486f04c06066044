// The desk draws RFD as it grows and the record states it once: the curve must end at the number.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rfd, rfdCurve, type Reading } from '../../src/metrics/rfd.ts';

fc.configureGlobal({ seed: 33, numRuns: 200 });

const readings = (values: [step: number, value: number][]) =>
  values.map(([step, value]): Reading => ({ step, value }));

const series = fc
  .uniqueArray(fc.tuple(fc.nat(30), fc.double({ min: -4, max: 4, noNaN: true })), {
    selector: ([step]) => step,
  })
  .map((values) => readings(values.sort(([a], [b]) => a - b)));

describe('rfd', () => {
  it('leaves step 0 out, and steps that only one side has', () => {
    const train = readings([
      [0, 100],
      [1, 3],
      [2, 5],
      [4, 100],
    ]);
    const evaluation = readings([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 100],
    ]);
    expect(rfd(train, evaluation)).toEqual({ value: 2.5, steps: 2 });
    expect(rfdCurve(train, evaluation)).toEqual(
      readings([
        [1, 2],
        [2, 2.5],
      ]),
    );
  });

  it('begins where it is told to', () => {
    const train = readings([
      [0, 4],
      [125, 3],
      [250, 2],
    ]);
    const evaluation = readings([
      [0, 1],
      [125, 1],
      [250, 1],
    ]);
    expect(rfd(train, evaluation, 125)).toEqual({ value: 1.5, steps: 2 });
    expect(rfd(train, evaluation, 126)).toEqual({ value: 1, steps: 1 });
    expect(rfd(train, evaluation, 0)).toEqual({ value: 2, steps: 3 });
  });

  it('is not defined without a common step', () => {
    for (const [train, evaluation] of [
      [[], []],
      [readings([[1, 1]]), []],
      [readings([[1, 1]]), readings([[2, 1]])],
      [readings([[0, 1]]), readings([[0, 1]])],
    ] as const) {
      expect(rfd(train, evaluation)).toEqual({ value: NaN, steps: 0 });
      expect(rfdCurve(train, evaluation)).toEqual([]);
    }
  });

  it('is where its curve ends, and turns its sign when the sides change places', () => {
    fc.assert(
      fc.property(series, series, fc.nat(10), (train, evaluation, from) => {
        const { value, steps } = rfd(train, evaluation, from);
        const curve = rfdCurve(train, evaluation, from);
        expect(curve).toHaveLength(steps);
        if (steps === 0) return;
        expect(curve.at(-1)!.value).toBe(value);
        expect(rfd(evaluation, train, from).value).toBeCloseTo(-value, 12);
      }),
    );
  });
});
