// Cosines between sentences on the map, before training and now.
import type { Matrix } from '../../../metrics/vectors.ts';

/** Cosine of two rows of length 1; undefined where a row is missing (a sentence added later) or not a number. */
export function cosineOf(unit: Matrix | null, a: number, b: number): number | undefined {
  if (!unit || a >= unit.rows || b >= unit.rows) return undefined;
  let dot = 0;
  for (let k = 0, i = a * unit.dimension, j = b * unit.dimension; k < unit.dimension; k++)
    dot += unit.data[i + k]! * unit.data[j + k]!;
  return Number.isFinite(dot) ? Math.max(-1, Math.min(1, dot)) : undefined;
}

export interface Neighbour {
  row: number;
  now: number;
  before: number | undefined;
}

/**
 * The rows nearest to this one by current cosine, the nearest first.
 * @param allowed whether a row may be included
 */
export function neighboursOf(
  now: Matrix,
  before: Matrix | null,
  row: number,
  count: number,
  allowed: (row: number) => boolean = () => true,
): Neighbour[] {
  const found: Neighbour[] = [];
  for (let other = 0; other < now.rows; other++) {
    if (other === row || !allowed(other)) continue;
    const cosine = cosineOf(now, row, other);
    if (cosine !== undefined) found.push({ row: other, now: cosine, before: undefined });
  }
  found.sort((a, b) => b.now - a.now || a.row - b.row);
  return found.slice(0, count).map((n) => ({ ...n, before: cosineOf(before, row, n.row) }));
}

/** A formatted cosine: two decimals, a real minus sign, no "−0.00". */
export function cosineText(cosine: number | undefined): string {
  if (cosine === undefined) return '–';
  const text = cosine.toFixed(2);
  return text === '-0.00' ? '0.00' : text.replace('-', '−');
}
