// Pearson and Spearman correlation. Spearman is the Pearson correlation of the ranks; ties share their mean rank.

/** Ranks, starting at 1; equal values share the mean of their ranks. */
export function averageRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let k = start; k < end; k++) ranks[order[k]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Returns null when it is undefined: fewer than two values, one side constant, or a value is NaN. */
export function pearson(x: readonly number[], y: readonly number[]): number | null {
  const n = x.length;
  if (n < 2) return null;
  const meanX = x.reduce((a, b) => a + b, 0) / n;
  const meanY = y.reduce((a, b) => a + b, 0) / n;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [x[i]! - meanX, y[i]! - meanY];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  const tiny = 1e-28 * n;
  if (xx <= tiny * (1 + meanX * meanX) || yy <= tiny * (1 + meanY * meanY)) return null;
  const r = xy / Math.sqrt(xx * yy);
  return Number.isNaN(r) ? null : Math.max(-1, Math.min(1, r));
}

/** Returns null when it is undefined: fewer than two values, one side constant, or a value is NaN (it has no rank). */
export function spearman(x: readonly number[], y: readonly number[]): number | null {
  if (x.some(Number.isNaN) || y.some(Number.isNaN)) return null;
  return pearson(averageRanks(x), averageRanks(y));
}
