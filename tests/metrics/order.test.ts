// The order of the probe groups is what HT is judged by: a group counts only when all three levels fall, and equal
// cosines are no order.
import { describe, expect, it } from 'vitest';
import { groupOrder } from '../../src/metrics/order.ts';
import { matrixFromRows } from '../../src/metrics/vectors.ts';

/** A vector whose cosine to [1, 0] is the given one, of any length. */
const at = (cosine: number, length = 1) => [length * cosine, length * Math.sqrt(1 - cosine ** 2)];

/** @param levels cosines of positive, intermediate and negative to the anchor, per group */
function order(...levels: [number, number, number][]) {
  const role = (k: 0 | 1 | 2) => matrixFromRows(levels.map((cosines, g) => at(cosines[k], 1 + g)));
  return groupOrder({
    anchor: matrixFromRows(levels.map(() => [2, 0])),
    positive: role(0),
    intermediate: role(1),
    negative: role(2),
  });
}

describe('groupOrder', () => {
  it('counts falling groups, and those whose positive is above the negative', () => {
    const counted = order([0.9, 0.5, 0.1], [0.5, 0.9, 0.1], [0.9, 0.1, 0.5], [0.1, 0.5, 0.9]);
    expect(counted).toEqual({ groups: 4, ordered: 1, positiveFirst: 3 });
  });

  it('does not take equal cosines for an order', () => {
    expect(order([0.5, 0.5, 0.1], [0.5, 0.1, 0.1])).toEqual({ groups: 2, ordered: 0, positiveFirst: 2 });
    expect(order([0.5, 0.2, 0.5])).toMatchObject({ ordered: 0, positiveFirst: 0 });
  });

  it('counts nothing in no group', () => {
    expect(order()).toEqual({ groups: 0, ordered: 0, positiveFirst: 0 });
  });
});
