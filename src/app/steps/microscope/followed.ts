// The sentence that is followed through the step, and its data: the rows of its group, its column, its levels in the
// HT loss.
import { rowOf, valueAt, type StepTrace, type TraceRow } from '../../../run/trace.ts';
import type { PointRole } from '../../../run/roles.ts';

export interface Followed {
  /** Index among the anchors of InfoNCE. */
  anchor: number;
  /** Its row of the batch. */
  row: number;
  /** All rows of its group, its own first. */
  rows: number[];
  /** Index of its group in the HT loss, or null. */
  group: number | null;
}

export function follow(trace: StepTrace, anchor: number): Followed {
  const row = trace.infonce.anchors[anchor]!;
  const { generated, group } = trace.rows[row]!;
  const rows = trace.rows.flatMap((other, i) =>
    other.generated === generated && other.group === group ? [i] : [],
  );
  const place = trace.ht?.groups.findIndex((members) => members[0] === row) ?? -1;
  return { anchor, row, rows: [row, ...rows.filter((i) => i !== row)], group: place < 0 ? null : place };
}

export interface AnchorGroup {
  anchor: number;
  /** In the order of the batch. */
  rows: number[];
}

/** The anchors of the batch, each with all rows of its group. */
export function groupsOf(trace: StepTrace): AnchorGroup[] {
  const rows = new Map<string, number[]>();
  const key = ({ generated, group }: TraceRow) => `${generated} ${group}`;
  trace.rows.forEach((row, i) => rows.set(key(row), [...(rows.get(key(row)) ?? []), i]));
  return trace.infonce.anchors.map((row, anchor) => ({ anchor, rows: rows.get(key(trace.rows[row]!))! }));
}

/** The anchor of a generated group if there is one, because only those have every stage. */
export function defaultAnchor(trace: StepTrace): number {
  return Math.max(
    0,
    trace.infonce.anchors.findIndex((row) => trace.rows[row]!.generated),
  );
}

/** Anchors whose sentence contains all words of the query, in batch order; all of them for an empty query. */
export function anchorsWith(trace: StepTrace, query: string): number[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return trace.infonce.anchors.flatMap((row, i) => {
    const text = trace.rows[row]!.text.toLowerCase();
    return words.every((word) => text.includes(word)) ? [i] : [];
  });
}

/** The previous or next anchor, cyclically; for one that is not in the list, its nearest neighbour in the list. */
export function neighbourOf(anchors: readonly number[], anchor: number, direction: 1 | -1): number {
  if (anchors.length === 0) return anchor;
  const place = anchors.indexOf(anchor);
  if (place >= 0) return anchors[(place + direction + anchors.length) % anchors.length]!;
  const beyond = direction > 0 ? anchors.find((i) => i > anchor) : anchors.findLast((i) => i < anchor);
  return beyond ?? (direction > 0 ? anchors[0]! : anchors.at(-1)!);
}

/** The mark of a row: its role if it is in the followed group, otherwise 'plain'. */
export function markOf(trace: StepTrace, followed: Followed, row: number): PointRole {
  if (!followed.rows.includes(row)) return 'plain';
  return roleMark(trace.rows[row]!);
}

/** The mark of a role: a second view counts as the positive of its sentence. */
export function roleMark({ role }: Pick<TraceRow, 'role'>): PointRole {
  return role === 'view' ? 'positive' : role;
}

export interface Column {
  column: number;
  row: number;
  mark: PointRole;
  positive: boolean;
  /** Whether it is a hard negative, i.e. one of the columns after the positives. */
  hard: boolean;
  text: string;
  cosine: number;
  probability: number;
  /** d InfoNCE / d cosine. */
  gradient: number;
}

export function columnOf(trace: StepTrace, followed: Followed, column: number): Column {
  const { infonce } = trace;
  const row = infonce.columns[column]!;
  return {
    column,
    row,
    mark: markOf(trace, followed, row),
    positive: column === followed.anchor,
    hard: column >= infonce.anchors.length,
    text: trace.rows[row]!.text,
    cosine: valueAt(infonce.cosines, followed.anchor, column),
    probability: valueAt(infonce.probabilities, followed.anchor, column),
    gradient: valueAt(infonce.gradient, followed.anchor, column),
  };
}

/** The positive, followed by the columns most similar to the anchor, which dominate the softmax. */
export function nearestColumns(trace: StepTrace, followed: Followed, count: number): Column[] {
  const cosines = rowOf(trace.infonce.cosines, followed.anchor);
  const others = Array.from(cosines, (_, column) => column)
    .filter((column) => column !== followed.anchor)
    .sort((a, b) => cosines[b]! - cosines[a]!);
  return [followed.anchor, ...others.slice(0, count - 1)].map((column) => columnOf(trace, followed, column));
}

export interface Level {
  /** 1 is the closest. */
  level: number;
  row: number;
  mark: PointRole;
  cosine: number;
  /** Cosine after the update. */
  after: number;
}

/** The levels of the followed group, closest first; empty if the group is not part of the HT loss. */
export function levelsOf(trace: StepTrace, followed: Followed): Level[] {
  if (trace.ht === null || followed.group === null) return [];
  const { ht, after } = trace;
  const group = followed.group;
  return ht.groups[group]!.slice(1).map((row, k) => ({
    level: k + 1,
    row,
    mark: markOf(trace, followed, row),
    cosine: valueAt(ht.cosines, group, k),
    after: after.levels === null ? NaN : valueAt(after.levels, group, k),
  }));
}

export interface Hinge {
  /** 1: between levels 1 and 2. */
  pair: number;
  margin: number;
  closer: Level;
  farther: Level;
  /** The value before max(0, .) is applied. */
  value: number;
  active: boolean;
}

export function hingesOf(trace: StepTrace, followed: Followed): Hinge[] {
  const levels = levelsOf(trace, followed);
  return levels.slice(1).map((farther, p) => {
    const value = valueAt(trace.ht!.hinges, followed.group!, p);
    return {
      pair: p + 1,
      margin: trace.ht!.margins[p]!,
      closer: levels[p]!,
      farther,
      value,
      active: value > 0,
    };
  });
}
