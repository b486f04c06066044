// Small statistics functions: sum, mean, median and histograms.

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Arithmetic mean; NaN for an empty array. */
export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** Median; NaN for an empty array. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export interface Histogram {
  /** Bin edges, one more than there are counts. */
  edges: number[];
  counts: number[];
  /** counts / (total * bin width): integrates to 1 over the range. */
  density: number[];
  mean: number;
  total: number;
}

/** Histogram with equal bins over [low, high]; values outside are counted in the first or last bin, NaN is skipped. */
export function histogram(all: readonly number[], low: number, high: number, bins: number): Histogram {
  const values = all.filter((value) => !Number.isNaN(value));
  const width = (high - low) / bins;
  const edges = Array.from({ length: bins + 1 }, (_, i) => low + i * width);
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((value - low) / width)));
    counts[bin]!++;
  }
  const total = values.length;
  const density = counts.map((count) => (total ? count / (total * width) : 0));
  return { edges, counts, density, mean: mean(values), total };
}
