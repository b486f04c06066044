// What the page works out of a shown run: cosines of the followed groups, and how fast it goes.
import { describe, expect, it } from 'vitest';
import { cosineSets, groupCosines } from '../../../src/app/state/groupCosines.ts';
import { SpeedMeter } from '../../../src/app/state/speed.ts';
import type { Point } from '../../../src/data/points.ts';
import { matrixFromRows } from '../../../src/metrics/vectors.ts';

describe('cosines of the followed groups', () => {
  const point = (group: string, role: Point['role']): Point => ({
    id: `${group}/${role}`,
    group,
    role,
    text: role,
  });
  const points = [
    point('a', 'anchor'),
    point('a', 'positive'),
    point('a', 'negative'),
    point('b', 'anchor'),
    point('b', 'positive'),
  ];

  it('are those of each sentence with its own anchor, whatever their lengths', () => {
    const cosines = groupCosines(
      points,
      matrixFromRows([
        [2, 0],
        [3, 0],
        [0, 5],
        [0, 1],
        [1, 1],
      ]),
    );
    expect(cosines.get('a')).toEqual({ positive: 1, negative: 0 });
    expect(cosines.get('b')!.positive).toBeCloseTo(Math.SQRT1_2, 12);
    expect(cosineSets(cosines)).toEqual({
      positive: [1, expect.closeTo(Math.SQRT1_2)],
      intermediate: [],
      negative: [0],
    });
  });

  it('wait for the rows of points that were added a moment ago', () => {
    const cosines = groupCosines(
      points,
      matrixFromRows([
        [1, 0],
        [1, 0],
        [1, 0],
      ]),
    );
    expect([...cosines.keys()]).toEqual(['a']);
    expect(cosineSets(groupCosines(points, null))).toBeNull();
  });
});

describe('the speed meter', () => {
  it('gives steps a second over the last seconds, and forgets what was before', () => {
    const meter = new SpeedMeter();
    expect(meter.mark(1, 0)).toBeNull();
    expect(meter.mark(3, 1000)).toBe(2);
    for (let second = 2; second <= 12; second++) meter.mark(3 + 10 * (second - 1), second * 1000);
    expect(meter.mark(123, 13_000)).toBeCloseTo(10, 0);
    meter.reset();
    expect(meter.mark(124, 14_000)).toBeNull();
  });
});
