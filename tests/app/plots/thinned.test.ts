// Down-sampling must be small, must keep every extreme, and must not depend on how the run arrived.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Thinned } from '../../../src/app/plots/thinned.ts';
import type { Reading } from '../../../src/metrics/rfd.ts';
import { Random } from '../../../src/util/random.ts';

function noise(count: number): Reading[] {
  const random = Random.seeded(1);
  return Array.from({ length: count }, (_, i) => ({ step: i + 1, value: random.normal() }));
}

function thin(points: readonly Reading[], width: number, total = points.length): Thinned {
  const thinned = new Thinned();
  thinned.update(points, [0, total], width);
  return thinned;
}

describe('Thinned', () => {
  it('draws at most two points a pixel of 100,000', () => {
    for (const width of [1, 2, 37, 380.5]) {
      expect(thin(noise(100_000), width).points().length).toBeLessThanOrEqual(Math.max(4, 2 * width));
    }
  });

  it('keeps the one spike of a long run, and both ends', () => {
    const points = noise(100_000);
    points[61_803] = { step: 61_804, value: 99 };
    points[20_000] = { step: 20_001, value: -99 };
    const kept = thin(points, 300).points();
    expect(kept).toContain(points[61_803]);
    expect(kept).toContain(points[20_000]);
    expect(kept[0]).toBe(points[0]);
    expect(kept.at(-1)).toBe(points.at(-1));
  });

  it('keeps the lowest and the highest reading of every column', () => {
    const readings = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(readings, fc.integer({ min: 2, max: 40 }), (values, width) => {
        const points = values.map((value, step) => ({ step, value }));
        const kept = new Set(thin(points, width, 200).points());
        const columns = new Map<number, Reading[]>();
        for (const point of points) {
          const column = Math.min(width - 2, Math.floor((point.step / 200) * (width - 1)));
          columns.set(column, [...(columns.get(column) ?? []), point]);
        }
        for (const members of columns.values()) {
          const keptValues = members.filter((point) => kept.has(point)).map(({ value }) => value);
          expect(Math.min(...keptValues)).toBe(Math.min(...members.map(({ value }) => value)));
          expect(Math.max(...keptValues)).toBe(Math.max(...members.map(({ value }) => value)));
        }
      }),
    );
  });

  it('gives the same whether the readings came one by one or all at once, in the order of the run', () => {
    const all = noise(5000);
    const growing: Reading[] = [];
    const bit = new Thinned();
    for (let i = 0; i < all.length; i += 77) {
      growing.push(...all.slice(i, i + 77));
      bit.update(growing, [0, 5000], 120);
      bit.points();
    }
    const once = thin(all, 120);
    expect(bit.points()).toEqual(once.points());
    expect(bit.extent).toEqual(once.extent);
    const steps = bit.points().map(({ step }) => step);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  });

  it('begins again when the run was cut back or changed, and when the axis changed', () => {
    const points = noise(100);
    const thinned = thin(points, 50);
    points.length = 10;
    points.push({ step: 11, value: 7 });
    thinned.update(points, [0, 100], 50);
    expect(thinned.points()).toEqual(thin(points, 50, 100).points());
    // As long as before, but other readings: a rewound run that caught up within one frame.
    points.splice(5, 6, ...noise(6).map(({ value }, i) => ({ step: i + 6, value: value + 10 })));
    thinned.update(points, [0, 100], 50);
    expect(thinned.points()).toEqual(thin(points, 50, 100).points());
    thinned.update(points, [0, 200], 50);
    expect(thinned.points()).toEqual(thin(points, 50, 200).points());
  });

  it('leaves out what is not a number', () => {
    const values = [NaN, 1, Infinity, 2, NaN];
    const thinned = thin(
      values.map((value, step) => ({ step, value })),
      100,
    );
    expect(thinned.points().map(({ value }) => value)).toEqual([1, 2]);
    expect(thinned.extent).toEqual([1, 2]);
  });

  it('has nothing to draw of an empty run', () => {
    expect(thin([], 100, 10).points()).toEqual([]);
    expect(thin([], 100, 10).extent).toBeNull();
  });
});
