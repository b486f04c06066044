// A slider must reach both ends, come back to where it was, and move at every press of an arrow key.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  nudgeValue,
  positionOf,
  POSITIONS,
  valueAt,
  type SliderScale,
} from '../../../src/app/widgets/sliderScale.ts';

const scales = fc.constantFrom<SliderScale>(
  { min: 0.005, max: 1, log: true, integer: false },
  { min: 1e-12, max: 1e-2, log: true, integer: false },
  { min: 2, max: 256, log: true, integer: true },
  { min: 1, max: 1000, log: true, integer: true },
  { min: 0, max: 1, log: false, integer: false },
  { min: 0.01, max: 0.5, log: false, integer: false },
  { min: 0, max: 10, log: false, integer: false },
);
const positions = fc.integer({ min: 0, max: POSITIONS });

describe('a slider', () => {
  it('reaches both ends exactly', () => {
    fc.assert(
      fc.property(scales, (scale) => {
        expect(valueAt(0, scale)).toBe(scale.min);
        expect(valueAt(POSITIONS, scale)).toBe(scale.max);
      }),
    );
  });

  it('shows the value it gives: the thumb stays where it was put, but for the rounding', () => {
    fc.assert(
      fc.property(scales, positions, (scale, position) => {
        const value = valueAt(position, scale);
        expect(valueAt(positionOf(value, scale), scale)).toBeCloseTo(value, 12);
      }),
    );
  });

  it('never goes backwards', () => {
    fc.assert(
      fc.property(scales, positions, positions, (scale, a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(valueAt(low, scale)).toBeLessThanOrEqual(valueAt(high, scale));
      }),
    );
  });

  it('stands at its end for values beyond it, zero on a log scale included', () => {
    const scale = { min: 1e-6, max: 0.1, log: true, integer: false };
    expect([positionOf(0, scale), positionOf(1, scale)]).toEqual([0, POSITIONS]);
  });

  it('moves at every press of an arrow key until it is at the end', () => {
    fc.assert(
      fc.property(scales, positions, (scale, position) => {
        const value = valueAt(position, scale);
        if (value < scale.max) expect(nudgeValue(value, 1, scale)).toBeGreaterThan(value);
        if (value > scale.min) expect(nudgeValue(value, -1, scale)).toBeLessThan(value);
      }),
    );
    // 2, 3, 4 ...: many positions of a log scale round to the same whole number.
    const batch = { min: 2, max: 256, log: true, integer: true };
    expect([nudgeValue(2, 1, batch), nudgeValue(3, 1, batch), nudgeValue(4, -1, batch)]).toEqual([3, 4, 3]);
  });

  it('gives numbers that read well', () => {
    fc.assert(
      fc.property(scales, positions, (scale, position) => {
        expect(valueAt(position, scale).toPrecision(12)).toBe(
          Number(valueAt(position, scale).toPrecision(6)).toPrecision(12),
        );
      }),
    );
  });

  it('an arrow key does not pull a value from beyond the slider back into it', () => {
    const steps = { min: 10, max: 2000, log: true, integer: true };
    expect(nudgeValue(5000, 1, steps)).toBe(5000);
    expect(nudgeValue(5000, -1, steps)).toBeLessThan(5000);
  });
});
