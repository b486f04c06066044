// Labels that do not collide: numbers at the ends of curves are pushed apart, overlapping flags are merged into one.
import type { Flag } from '../../record/series.ts';

/**
 * Positions as near as possible to the wanted ones, at least `gap` apart and within [low, high]; the order is kept.
 * @param wanted in any order; the result has the same order
 */
export function spreadLabels(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  const placed = wanted.slice();
  let floor = low;
  for (const i of order) {
    placed[i] = Math.max(wanted[i]!, floor);
    floor = placed[i] + gap;
  }
  let ceiling = high;
  for (const i of order.toReversed()) {
    placed[i] = Math.min(placed[i]!, ceiling);
    ceiling = placed[i] - gap;
  }
  return placed;
}

export interface FlagGroup {
  /** Step of the first flag of the group. */
  step: number;
  x: number;
  flags: Flag[];
}

/** Flags nearer than `gap` pixels to the first of their group share one pole. */
export function flagGroups(flags: readonly Flag[], x: (step: number) => number, gap: number): FlagGroup[] {
  const groups: FlagGroup[] = [];
  for (const flag of flags.toSorted((a, b) => a.step - b.step)) {
    const open = groups.at(-1);
    if (open !== undefined && x(flag.step) - open.x < gap) open.flags.push(flag);
    else groups.push({ step: flag.step, x: x(flag.step), flags: [flag] });
  }
  return groups;
}
