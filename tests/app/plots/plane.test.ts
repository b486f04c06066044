// The trail of the plane: only steps where both numbers were measured; arrows that point the way the run went.
import { describe, expect, it } from 'vitest';
import { arrows, nearestDot, spaceOut, trail } from '../../../src/app/plots/plane.ts';

const line = (count: number, dx: number, dy: number) =>
  Array.from({ length: count }, (_, step) => ({ step, x: step * dx, y: step * dy }));

describe('trail', () => {
  it('joins by step and leaves out the rest', () => {
    const alignment = [0, 10, 20, 30].map((step) => ({ step, value: step / 100 }));
    const uniformity = [10, 20, 40].map((step) => ({ step, value: step === 20 ? NaN : -step }));
    expect(trail(alignment, uniformity)).toEqual([{ step: 10, alignment: 0.1, uniformity: -10 }]);
  });
});

describe('spaced', () => {
  it('keeps the first and the last, and nothing crowded between', () => {
    const kept = spaceOut(line(1000, 0.1, 0), 5);
    expect(kept[0]!.step).toBe(0);
    expect(kept.at(-1)!.step).toBe(999);
    expect(kept.length).toBeLessThan(25);
  });

  it('keeps both ends of a trail that hardly moved', () => {
    expect(spaceOut(line(2, 0.1, 0), 5)).toHaveLength(2);
    expect(spaceOut(line(1, 0, 0), 5)).toHaveLength(1);
    expect(spaceOut([], 5)).toEqual([]);
  });
});

describe('arrows', () => {
  it('point along the run, not against it', () => {
    expect(arrows(line(11, 10, 0), 25).every(({ angle }) => angle === 0)).toBe(true);
    expect(arrows(line(11, 0, 10), 25).every(({ angle }) => angle === 90)).toBe(true);
    expect(arrows(line(11, -10, 0), 25).every(({ angle }) => Math.abs(angle) === 180)).toBe(true);
  });

  it('lie on the trail, also where it bends', () => {
    const bend = [
      { step: 0, x: 0, y: 0 },
      { step: 1, x: 30, y: 0 },
      { step: 2, x: 30, y: 40 },
    ];
    expect(arrows(bend, 45)).toEqual([{ x: 30, y: 5, angle: 90 }]);
  });

  it('are not drawn over one another where the run goes back and forth', () => {
    const back = Array.from({ length: 40 }, (_, step) => ({ step, x: step % 2 === 0 ? 0 : 60, y: 0 }));
    expect(arrows(back, 30).length).toBeLessThanOrEqual(2);
  });

  it('are not drawn for a run that stands still', () => {
    expect(arrows(line(50, 0.01, 0), 25)).toEqual([]);
    expect(arrows([], 25)).toEqual([]);
  });
});

describe('nearestDot', () => {
  it('finds the dot under the pointer', () => {
    expect(nearestDot(line(10, 10, 10), 52, 49)!.step).toBe(5);
    expect(nearestDot([], 0, 0)).toBeUndefined();
  });
});
