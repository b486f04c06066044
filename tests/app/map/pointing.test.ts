// Pointing at sentences, their neighbours and the words of the map.
import { describe, expect, it } from 'vitest';
import { cosineOf, cosineText, neighboursOf } from '../../../src/app/plots/map/cosines.ts';
import { groupLines } from '../../../src/app/plots/map/groupLines.ts';
import { nearestPoint, pointInDirection } from '../../../src/app/plots/map/pick.ts';
import { matchesOf, strengthsOf } from '../../../src/app/plots/map/strength.ts';
import { matrixFromRows, normalised, rowCosines, takeRows } from '../../../src/metrics/vectors.ts';
import { Random } from '../../../src/util/random.ts';

const all = (): boolean => true;
/** Four points of a cross around (100, 100). */
const cross = Float64Array.from([100, 100, 0, 140, 100, 0, 100, 60, 0, 60, 100, 0, 100, 150, 0]);

describe('neighboursOf', () => {
  const random = Random.seeded(1);
  const rows = Array.from({ length: 20 }, () => Array.from({ length: 6 }, () => random.normal()));
  const now = normalised(matrixFromRows(rows));
  const before = normalised(matrixFromRows(rows.slice(0, 15).map((row) => row.map((v, k) => v + k))));

  it('finds the same as measuring every pair, with the cosine before', () => {
    const cosines = rowCosines(takeRows(now, Array<number>(20).fill(3)), now);
    const expected = [...cosines.keys()].filter((i) => i !== 3).sort((a, b) => cosines[b]! - cosines[a]!);
    const found = neighboursOf(now, before, 3, 5);
    expect(found.map(({ row }) => row)).toEqual(expected.slice(0, 5));
    for (const { row, now: cosine, before: earlier } of neighboursOf(now, before, 3, 19)) {
      expect(cosine).toBeCloseTo(cosines[row]!, 10);
      // Rows 15 and on were added later.
      if (row >= 15) expect(earlier).toBeUndefined();
      else expect(earlier).toBeCloseTo(cosineOf(before, 3, row)!, 10);
    }
  });

  it('leaves out what may not be named', () => {
    expect(
      neighboursOf(now, null, 3, 19, (row) => row < 5)
        .map(({ row }) => row)
        .sort(),
    ).toEqual([0, 1, 2, 4]);
  });

  it('knows no cosine of rows that are not there, or not numbers', () => {
    expect(cosineOf(now, 0, 20)).toBeUndefined();
    expect(cosineOf(null, 0, 1)).toBeUndefined();
    expect(cosineOf(matrixFromRows([[NaN], [1]]), 0, 1)).toBeUndefined();
  });

  it('writes cosines with a real minus and without minus zero', () => {
    expect([0.834, -0.5, -0.001, undefined].map(cosineText)).toEqual(['0.83', '−0.50', '0.00', '–']);
  });
});

describe('pointing', () => {
  it('picks the nearest point within reach that is drawn', () => {
    expect(nearestPoint(cross, 134, 103, 24, all)).toBe(1);
    expect(nearestPoint(cross, 134, 103, 24, (i) => i !== 1)).toBeNull();
    expect(nearestPoint(cross, 300, 300, 24, all)).toBeNull();
  });

  it('prefers the front of the sphere', () => {
    const stacked = Float64Array.from([50, 50, -0.9, 53, 50, 0.9]);
    expect(nearestPoint(stacked, 50, 50, 24, all)).toBe(1);
  });

  it('walks with the arrow keys and stays at the edge', () => {
    expect(pointInDirection(cross, 0, 1, 0, all)).toBe(1);
    expect(pointInDirection(cross, 0, 0, -1, all)).toBe(2);
    expect(pointInDirection(cross, 0, -1, 0, all)).toBe(3);
    expect(pointInDirection(cross, 0, 0, 1, all)).toBe(4);
    expect(pointInDirection(cross, 1, 1, 0, all)).toBeNull();
  });
});

describe('groupLines', () => {
  it('keeps labels apart and inside the frame, whatever the places', () => {
    const random = Random.seeded(6);
    for (let trial = 0; trial < 200; trial++) {
      const [width, height, text] = [300, 200, 12];
      const near = trial % 2 === 0 ? 8 : 200; // half of them on one spot
      const [cx, cy] = [random.uniform() * width, random.uniform() * height];
      const screen = Float64Array.from({ length: 12 }, (_, i) =>
        i % 3 === 2
          ? 0
          : Math.max(
              0,
              Math.min(i % 3 ? height : width, (i % 3 ? cy : cx) + near * (random.uniform() - 0.5)),
            ),
      );
      const lines = groupLines(screen, 0, [1, 2, 3], text, width, height);
      expect(lines).toHaveLength(3);
      for (const [i, a] of lines.entries()) {
        expect(a.labelY).toBeGreaterThanOrEqual(0);
        expect(a.labelY).toBeLessThanOrEqual(height);
        const end = a.side === 'start' ? a.labelX + 2.4 * text : a.labelX - 2.4 * text;
        expect(end).toBeGreaterThan(-1);
        expect(end).toBeLessThan(width + 1);
        for (const b of lines.slice(i + 1)) {
          const apart = Math.abs(a.labelX - b.labelX) >= 3 * text || Math.abs(a.labelY - b.labelY) >= text;
          expect(apart).toBe(true);
        }
      }
    }
  });

  it('draws no line to a point without a place', () => {
    expect(groupLines(Float64Array.from([1, 1, 0, NaN, NaN, 0]), 0, [1], 12, 100, 100)).toEqual([]);
  });
});

describe('strengths', () => {
  const points = [
    { text: 'A dog runs.', role: 'anchor', group: 'a' },
    { text: 'A DOG rests.', role: 'negative', group: 'a' },
    { text: 'A cat rests.', role: 'anchor', group: 'b' },
  ] as const;

  it('finds sentences whatever their case', () => {
    expect(matchesOf(points, ' dog ')).toEqual(new Set([0, 1]));
    expect(matchesOf(points, 'zebra')).toEqual(new Set());
    expect(matchesOf(points, '  ')).toBeNull();
  });

  it('hides roles, dims what was not searched, and shows a group whole', () => {
    const none: [] = [];
    expect([...strengthsOf(points, none, null, null)]).toEqual([1, 1, 1]);
    expect([...strengthsOf(points, ['negative'], null, null)]).toEqual([1, 0, 1]);
    const searched = strengthsOf(points, none, new Set([2]), null);
    expect(searched[2]).toBe(1);
    expect(searched[0]).toBeLessThan(0.3);
    expect(strengthsOf(points, none, new Set([2]), 'a')[0]).toBe(1);
    expect(strengthsOf(points, none, null, 'a')[2]).toBeLessThan(1);
  });
});
