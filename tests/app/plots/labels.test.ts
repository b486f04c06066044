// Labels stay apart, in order, and within the plot; crowded flags share a pole and none is lost.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flagGroups, spreadLabels } from '../../../src/app/plots/labels.ts';

describe('pushedApart', () => {
  it('keeps a gap between labels as long as there is room', () => {
    const wanted = fc.array(fc.double({ min: -50, max: 150, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(wanted, (tops) => {
        const placed = spreadLabels(tops, 12, 0, 100);
        const sorted = placed.toSorted((a, b) => a - b);
        for (let i = 1; i < sorted.length; i++)
          expect(sorted[i]! - sorted[i - 1]!).toBeGreaterThanOrEqual(12 - 1e-9);
        expect(sorted[0]).toBeGreaterThanOrEqual(0);
        expect(sorted.at(-1)).toBeLessThanOrEqual(100);
        // A label above another stays above it.
        const order = (values: readonly number[]) =>
          values.map((_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
        expect(order(placed)).toEqual(order(tops));
      }),
    );
  });

  it('does not move labels that are far apart', () => {
    expect(spreadLabels([80, 10, 40], 12, 0, 100)).toEqual([80, 10, 40]);
  });
});

describe('flagGroups', () => {
  it('gathers flags that would stand on one another, in the order of the run', () => {
    const flags = [400, 10, 405].map((step) => ({ step, label: `at ${step}` }));
    const groups = flagGroups(flags, (step) => step, 9);
    expect(groups.map((group) => group.flags.map(({ step }) => step))).toEqual([[10], [400, 405]]);
    expect(groups.map(({ x }) => x)).toEqual([10, 400]);
  });
});
