// The batch as a matrix: cell values, their order and colours, and which off-diagonal cells look like false negatives.
import { valueAt, type StepTrace, type TraceInfoNce } from '../../../run/trace.ts';

export const FACES = ['cosines', 'probabilities', 'gradient'] as const;
export type Face = (typeof FACES)[number];

export const ORDERS = ['batch', 'hardness'] as const;
export type Order = (typeof ORDERS)[number];

export interface Cell {
  /** Indices into the trace's anchors and columns, not positions on the screen. */
  anchor: number;
  column: number;
}

/** Rows and columns in drawing order, as indices into the trace's anchors and columns. */
export interface Arrangement {
  anchors: number[];
  columns: number[];
}

/**
 * Either the batch's own order, or anchors sorted by descending loss. The columns are reordered like their anchors, so
 * that positives stay on the diagonal; additional hard negatives stay at the end.
 */
export function arrange({ anchors, columns, losses }: TraceInfoNce, order: Order): Arrangement {
  const places = anchors.map((_, i) => i);
  if (order === 'hardness') places.sort((a, b) => valueAt(losses, b) - valueAt(losses, a));
  const further = columns.map((_, j) => j).slice(anchors.length);
  return { anchors: places, columns: [...places, ...further] };
}

/** The value that a face shows in a cell. */
export function cellValue(infonce: TraceInfoNce, face: Face, { anchor, column }: Cell): number {
  return valueAt(infonce[face], anchor, column);
}

/** Colour intensity of a cell, -1 to 1: cosines relative to the batch's range, other values relative to 0. */
export function shade(face: Face, value: number, [low, high]: readonly [number, number]): number {
  switch (face) {
    case 'cosines':
      return high > low ? (value - low) / (high - low) : 0;
    case 'probabilities':
      // Most probabilities are tiny: the square root makes small ones visible.
      return Math.sqrt(value);
    case 'gradient': {
      const most = Math.max(Math.abs(low), Math.abs(high));
      return most > 0 ? Math.sign(value) * Math.sqrt(Math.abs(value) / most) : 0;
    }
  }
}

/** Minimum and maximum of a face's values. */
export function rangeOf(infonce: TraceInfoNce, face: Face): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of infonce[face].data) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

export interface SuspectedFalseNegative extends Cell {
  cosine: number;
  /** Cosine of the anchor and its own positive. */
  positiveCosine: number;
}

/**
 * Sentences that the loss pushes away from an anchor although the encoder rates them at least as similar as its own
 * positive: they may mean the same, i.e. be false negatives. Most similar first.
 */
export function suspectedFalseNegatives(
  { anchors, columns, cosines }: TraceInfoNce,
  most: number,
): SuspectedFalseNegative[] {
  const found: SuspectedFalseNegative[] = [];
  for (let anchor = 0; anchor < anchors.length; anchor++) {
    const positiveCosine = valueAt(cosines, anchor, anchor);
    for (let column = 0; column < columns.length; column++) {
      const cosine = valueAt(cosines, anchor, column);
      if (column !== anchor && cosine >= positiveCosine)
        found.push({ anchor, column, cosine, positiveCosine });
    }
  }
  return found.sort((a, b) => b.cosine - a.cosine).slice(0, most);
}

/** Whether the column is one of the additional hard negatives to the right of the square. */
export function isHardNegative({ anchors }: TraceInfoNce, column: number): boolean {
  return column >= anchors.length;
}

export interface BatchLevel {
  row: number;
  cosine: number;
}

/** A group of the HT loss: its levels, most similar first, and the hinge of each pair of neighbouring levels. */
export interface LevelGroup {
  anchor: number;
  levels: BatchLevel[];
  /** One value per pair of neighbouring levels; above 0, the loss pulls the two levels apart. */
  hinges: number[];
}

export function levelGroups({ ht }: StepTrace): LevelGroup[] {
  if (ht === null) return [];
  return ht.groups.map((rows, group) => ({
    anchor: rows[0]!,
    levels: rows.slice(1).map((row, level) => ({ row, cosine: valueAt(ht.cosines, group, level) })),
    hinges: rows.slice(2).map((_, pair) => valueAt(ht.hinges, group, pair)),
  }));
}
