// The tinted area must be the RFD: same steps, same sign, cut where the curves cross.
import { describe, expect, it } from 'vitest';
import golden from '../../golden/rfd.json';
import {
  areaPath,
  paired,
  runningDifficulty,
  signedAreas,
  thinGaps,
  type Gap,
} from '../../../src/app/plots/area.ts';
import type { Reading } from '../../../src/metrics/rfd.ts';

const readings = (values: number[], first = 0): Reading[] =>
  values.map((value, i) => ({ step: first + i * 10, value }));

describe('signedAreas', () => {
  it('cuts at the crossing, so that each piece has one sign', () => {
    const train = readings([0, 1, -1]);
    const evaluation = readings([0, 0, 0]);
    const areas = signedAreas(paired(train, evaluation));
    expect(areas.map(({ sign }) => sign)).toEqual([1, -1]);
    const cut = { step: 15, train: 0, evaluation: 0 };
    expect(areas[0]!.points.at(-1)).toEqual(cut);
    expect(areas[1]!.points[0]).toEqual(cut);
  });

  it('leaves out step 0 and steps that one curve lacks, as RFD does', () => {
    const train = readings([5, 1, 2, 3]);
    const evaluation = readings([0, 1], 10);
    expect(paired(train, evaluation).map(({ step }) => step)).toEqual([10, 20]);
  });

  it('says harder for curves that touch but do not cross, once', () => {
    const areas = signedAreas(paired(readings([1, 1, 0, 1]), readings([0, 0, 0, 0])));
    expect(areas.map(({ sign }) => sign)).toEqual([1]);
    expect(signedAreas([])).toEqual([]);
    expect(signedAreas(paired(readings([1, 1]), readings([0, 0])))).toEqual([]); // one step makes no area
  });

  it('goes along one curve and back along the other', () => {
    const [area] = signedAreas(paired(readings([0, 2, 3]), readings([0, 1, 1])));
    expect(
      areaPath(
        area!,
        (x) => x,
        (y) => y,
      ),
    ).toBe('M10,2L20,3L20,1L10,1Z');
  });
});

describe('thinGaps', () => {
  it('keeps at most two a pixel, and the largest gaps of either sign', () => {
    const gaps: Gap[] = Array.from({ length: 50_000 }, (_, i) => ({
      step: i,
      train: Math.sin(i / 900),
      evaluation: 0,
    }));
    gaps[12_345] = { step: 12_345, train: 40, evaluation: 0 };
    gaps[23_456] = { step: 23_456, train: -40, evaluation: 0 };
    const kept = thinGaps(gaps, [0, 50_000], 300);
    expect(kept.length).toBeLessThanOrEqual(600);
    expect(kept).toContain(gaps[12_345]);
    expect(kept).toContain(gaps[23_456]);
  });
});

describe('runningDifficulty', () => {
  it("ends at the authors' RFD, in sign and size", () => {
    for (const { label, train, eval: evaluation, RFD_a: expected } of golden.settings) {
      const by = (from: typeof train) => from.step.map((step, i) => ({ step, value: from.alignment[i]! }));
      const { value } = runningDifficulty()(by(train), by(evaluation));
      expect(value, label).toBeCloseTo(expected, 5);
    }
  });

  it('notices readings that were appended, and only those', () => {
    const difficulty = runningDifficulty();
    const train = readings([1, 2]);
    const evaluation = readings([1, 1]);
    const first = difficulty(train, evaluation);
    expect(difficulty(train, evaluation)).toBe(first);
    train.push({ step: 20, value: 4 });
    evaluation.push({ step: 20, value: 1 });
    expect(difficulty(train, evaluation).value).toBe(2);
  });

  it('is nothing before the first common reading', () => {
    expect(runningDifficulty()([], []).value).toBeNull();
    expect(runningDifficulty()(readings([1]), readings([1])).value).toBeNull(); // step 0 does not count
  });
});
