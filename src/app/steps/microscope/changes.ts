// The anchor's cosines before and after the update: with its group, and with its nearest columns.
import { valueAt, type StepTrace } from '../../../run/trace.ts';
import { cosineOf } from './derived.ts';
import { levelsOf, markOf, nearestColumns, type Followed } from './followed.ts';
import type { PointRole } from '../../../run/roles.ts';

export interface CosineChange {
  row: number;
  mark: PointRole;
  text: string;
  before: number;
  after: number;
  /** Column of InfoNCE; null if the sentence has none. */
  column: number | null;
}

export function cosineChanges(trace: StepTrace, followed: Followed, count: number): CosineChange[] {
  const columns: CosineChange[] = nearestColumns(trace, followed, count).map(
    ({ row, mark, text, cosine, column }) => ({
      row,
      mark,
      text,
      before: cosine,
      after: valueAt(trace.after.cosines, followed.anchor, column),
      column,
    }),
  );
  const levels = new Map(levelsOf(trace, followed).map((level) => [level.row, level]));
  const group = followed.rows.slice(1).map((row): CosineChange => {
    const known = columns.find((column) => column.row === row);
    if (known !== undefined) return known;
    const level = levels.get(row);
    const column = trace.infonce.columns.indexOf(row);
    return {
      row,
      mark: markOf(trace, followed, row),
      text: trace.rows[row]!.text,
      before: level?.cosine ?? cosineOf(trace.vectors, followed.row, row),
      after: level?.after ?? cosineOf(trace.after.vectors, followed.row, row),
      column: column < 0 ? null : column,
    };
  });
  return [...group, ...columns.filter((column) => !group.includes(column))];
}
