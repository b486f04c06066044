// The batch as a matrix: what stands in a cell, in which order, and which off-diagonal cells look like false negatives.
import { valueAt, type StepTrace, type TraceInfoNce } from '../../../run/trace.ts';

export const FACES = ['cosines', 'probabilities', 'gradient'] as const;
export type Face = (typeof FACES)[number];

export const ORDERS = ['batch', 'hardness'] as const;
export type Order = (typeof ORDERS)[number];

export interface Cell {
  /** Places in the anchors and columns of the trace, not on the screen. */
  anchor: number;
  column: number;
}

/** Rows and columns in the order they are drawn: places in the trace's anchors and columns. */
export interface Arrangement {
  anchors: number[];
  columns: number[];
}

/**
 * The batch's own order, or the anchors with the greatest loss first. The columns follow their anchors, so that the
 * positives stay on the diagonal; further hard negatives stay behind.
 */
export function arrange({ anchors, columns, losses }: TraceInfoNce, order: Order): Arrangement {
  const places = anchors.map((_, i) => i);
  if (order === 'hardness') places.sort((a, b) => valueAt(losses, b) - valueAt(losses, a));
  const further = columns.map((_, j) => j).slice(anchors.length);
  return { anchors: places, columns: [...places, ...further] };
}

/** What a face shows in a cell. */
export function cellValue(infonce: TraceInfoNce, face: Face, { anchor, column }: Cell): number {
  return valueAt(infonce[face], anchor, column);
}

/** How strongly a cell is coloured, -1 to 1: cosines between the batch's least and greatest, the rest from 0. */
export function shade(face: Face, value: number, [low, high]: readonly [number, number]): number {
  switch (face) {
    case 'cosines':
      return high > low ? (value - low) / (high - low) : 0;
    case 'probabilities':
      // Most are tiny: the root shows the small ones too.
      return Math.sqrt(value);
    case 'gradient': {
      const most = Math.max(Math.abs(low), Math.abs(high));
      return most > 0 ? Math.sign(value) * Math.sqrt(Math.abs(value) / most) : 0;
    }
  }
}

/** Least and greatest of a face. */
export function rangeOf(infonce: TraceInfoNce, face: Face): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of infonce[face].data) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

export interface Suspect extends Cell {
  cosine: number;
  /** Of the anchor and its own positive. */
  own: number;
}

/**
 * Sentences that the loss pushes away from an anchor although the encoder finds them at least as similar as its own
 * positive: perhaps they mean the same, and are false negatives. The most similar first.
 */
export function suspects({ anchors, columns, cosines }: TraceInfoNce, most: number): Suspect[] {
  const found: Suspect[] = [];
  for (let anchor = 0; anchor < anchors.length; anchor++) {
    const own = valueAt(cosines, anchor, anchor);
    for (let column = 0; column < columns.length; column++) {
      const cosine = valueAt(cosines, anchor, column);
      if (column !== anchor && cosine >= own) found.push({ anchor, column, cosine, own });
    }
  }
  return found.sort((a, b) => b.cosine - a.cosine).slice(0, most);
}

/** Is the column one of the further hard negatives, to the right of the square? */
export function isHardNegative({ anchors }: TraceInfoNce, column: number): boolean {
  return column >= anchors.length;
}

export interface Level {
  row: number;
  cosine: number;
}

/** A group of the HT loss: its levels from the most similar, and the pairs of neighbours whose hinge is active. */
export interface LevelGroup {
  anchor: number;
  levels: Level[];
  /** One for each pair of neighbouring levels; above 0 the loss pulls them apart. */
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
