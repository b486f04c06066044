// The tooltip never lies under the pointer, stays on the screen, and says which step each number is from.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestStep, neighbourStep } from '../../../src/app/plots/crosshairSteps.ts';
import { placed, sectionsAt } from '../../../src/app/plots/tooltip.ts';

const every = (distance: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ step: i * distance, value: i }));

describe('placed', () => {
  it('is on the screen and never under the pointer, wherever that is', () => {
    const screen = fc.record({
      width: fc.integer({ min: 360, max: 3840 }),
      height: fc.integer({ min: 560, max: 2160 }),
    });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(screen, share, share, ({ width, height }, across, down) => {
        const box = { width: 240, height: 260 };
        const point = { x: across * width, y: down * height };
        const { left, top } = placed(point, box, { width, height });
        const over =
          point.x > left && point.x < left + box.width && point.y > top && point.y < top + box.height;
        expect(over).toBe(false);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left + box.width).toBeLessThanOrEqual(width);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(top + box.height).toBeLessThanOrEqual(height);
      }),
    );
  });
});

describe('the crosshair', () => {
  it('stops at the nearest reading of any curve, the earlier one in the middle', () => {
    const sorted = fc
      .uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 12 })
      .map((steps) => steps.sort((a, b) => a - b).map((step) => ({ step })));
    fc.assert(
      fc.property(
        fc.array(sorted, { maxLength: 4 }),
        fc.double({ min: -5, max: 70, noNaN: true }),
        (curves, at) => {
          const steps = curves.flat().map(({ step }) => step);
          const [nearest] = steps.sort((a, b) => Math.abs(a - at) - Math.abs(b - at) || a - b);
          expect(nearestStep(curves, at)).toBe(nearest);
        },
      ),
    );
    expect(nearestStep([every(10, 5)], 15)).toBe(10);
  });

  it('walks over the readings of all curves, and stops at the ends', () => {
    const curves = [every(10, 3), [{ step: 14, value: 0 }]];
    const walk: number[] = [];
    for (
      let at: number | undefined = neighbourStep(curves, -1, 1);
      at !== undefined;
      at = neighbourStep(curves, at, 1)
    )
      walk.push(at);
    expect(walk).toEqual([0, 10, 14, 20]);
    expect(neighbourStep(curves, 14, -1)).toBe(10);
    expect(neighbourStep(curves, 0, -1)).toBeUndefined();
    expect(nearestStep(curves, 13)).toBe(14);
    expect(nearestStep([], 13)).toBeUndefined();
  });
});

describe('sectionsAt', () => {
  it('names the step of a reading from before, and leaves out what has none yet', () => {
    const line = { color: 'red', points: every(100, 3) };
    const sections = sectionsAt(180, [
      { title: 'A', lines: [{ ...line, id: 'a', label: 'a', dash: true }] },
      { title: 'B', lines: [{ ...line, id: 'b', label: 'b', points: [] }] },
      { title: 'C', lines: [{ ...line, id: 'c', label: 'c', points: [{ step: 181, value: 9 }] }] },
    ]);
    expect(sections).toEqual([
      { title: 'A', rows: [{ label: 'a', color: 'red', dash: true, step: 100, value: 1 }] },
    ]);
  });
});
