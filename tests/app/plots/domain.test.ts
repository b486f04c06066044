// Axes must not jump: they hold every value, only grow, and begin and end at round numbers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  axisTicks,
  CalmDomain,
  roundOut,
  stepDomain,
  stepTicks,
  union,
} from '../../../src/app/plots/domain.ts';

const value = fc.double({ min: -100, max: 100, noNaN: true }).map((x) => Math.round(x * 1e4) / 1e4);

describe('CalmDomain', () => {
  it('holds every value so far and never shrinks', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (values) => {
        const calm = new CalmDomain();
        let [low, high] = [values[0]!, values[0]!];
        let before: readonly [number, number] | null = null;
        for (const next of values) {
          [low, high] = [Math.min(low, next), Math.max(high, next)];
          const domain = calm.fit([low, high], 'run');
          expect(domain[0]).toBeLessThanOrEqual(low);
          expect(domain[1]).toBeGreaterThanOrEqual(high);
          if (before !== null) {
            expect(domain[0]).toBeLessThanOrEqual(before[0]);
            expect(domain[1]).toBeGreaterThanOrEqual(before[1]);
          }
          before = domain;
        }
      }),
    );
  });

  it('takes few steps to follow a curve that grows a hundredfold', () => {
    const calm = new CalmDomain([0, 1]);
    const seen = new Set<string>();
    for (let i = 1; i <= 10_000; i++) seen.add(String(calm.fit([0, i / 100])));
    expect(seen.size).toBeLessThan(25);
  });

  it('starts over with another run', () => {
    const calm = new CalmDomain();
    calm.fit([0, 100], 'first');
    expect(calm.fit([0, 1], 'second')[1]).toBeLessThanOrEqual(1.2);
  });

  it('does not show a loss below zero, nor a uniformity above', () => {
    const loss = new CalmDomain([0, 1]);
    loss.fit([0.1, 1], 0);
    expect(loss.fit([0.001, 5], 0)[0]).toBe(0);
    const uniformity = new CalmDomain([-1, 0]);
    expect(uniformity.fit([-3.2, -0.1], 0)[1]).toBe(0);
  });

  it('waits with its memory for the first value', () => {
    const calm = new CalmDomain();
    expect(calm.fit(null, 0)).toEqual([0, 1]);
    const [low, high] = calm.fit([0.61, 0.61], 0);
    expect(low).toBeGreaterThan(0.4);
    expect(high).toBeLessThan(0.8);
  });
});

describe('axes', () => {
  it('rounds outwards without dust behind the decimal point', () => {
    expect(roundOut([0.11, 0.29])).toEqual([0.1, 0.3]);
    expect(roundOut([-0.31, -0.12])).toEqual([-0.35, -0.1]);
  });

  it('writes only a few numbers, and whole steps', () => {
    for (const high of [0.2, 1, 3, 7, 0.0013]) expect(axisTicks([0, high], 3).length).toBeLessThanOrEqual(4);
    expect(stepTicks([0, 3], 30)).toEqual([0, 1, 2, 3]);
    // 100,000 is wide: fewer.
    expect(stepTicks([0, 100_000], 24).length).toBeLessThanOrEqual(4);
  });

  it('makes the step axis as long as the run, longer when it went on, and never empty', () => {
    expect(stepDomain(200, [50, undefined])).toEqual([0, 200]);
    expect(stepDomain(200, [250])).toEqual([0, 250]);
    expect(stepDomain(0, [])).toEqual([0, 1]);
  });

  it('joins extents', () => {
    expect(union([null, [1, 2], [0, 1.5]])).toEqual([0, 2]);
    expect(union([null])).toBeNull();
  });
});
