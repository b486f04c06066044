// Histograms with fixed edges, so that two runs, or before and after training, can be overlaid: the share of the
// values in each bin, drawn as a step outline.
import { px } from './format.ts';
import type { Domain } from './thinned.ts';

/** One group of values, for instance the cosines of positives to their anchors. */
export interface Distribution {
  id: string;
  label: string;
  /** CSS colour. */
  color: string;
  shape: 'circle' | 'square' | 'triangle' | 'diamond' | 'ring';
  values: readonly number[];
  /** The values before training; drawn dotted. */
  before?: readonly number[] | null;
}

/** Share of the values in each bin; they sum to 1. A value on the outer edge (cosine 1.0000001) counts as inside. */
export function binShares(values: readonly number[], [low, high]: Domain, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  let total = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    // The small epsilon puts 0.3 into the bin that starts at 0.3, which floating point would leave just below it.
    const bin = Math.floor(((value - low) / (high - low)) * bins + 1e-9);
    counts[Math.min(bins - 1, Math.max(0, bin))]!++;
    total++;
  }
  return total === 0 ? counts : counts.map((count) => count / total);
}

/** The mean; null when there are no values. */
export function meanOf(values: readonly number[]): number | null {
  let [total, count] = [0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    total += value;
    count++;
  }
  return count === 0 ? null : total / count;
}

/** Step outlines that start and end on the baseline, one for each sequence of non-empty bins. */
export function outlinePath(
  shares: readonly number[],
  [low, high]: Domain,
  x: (value: number) => number,
  y: (share: number) => number,
): string {
  const edge = (bin: number) => px(x(low + ((high - low) * bin) / shares.length));
  const ground = px(y(0));
  let path = '';
  let level = 0;
  for (const [bin, share] of shares.entries()) {
    if (share === level) continue;
    path += level === 0 ? `M${edge(bin)},${ground}` : `H${edge(bin)}`;
    path += `V${px(y(share))}`;
    level = share;
  }
  return level === 0 ? path : `${path}H${edge(shares.length)}V${ground}`;
}
