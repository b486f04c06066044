// The tooltip's table when several runs are drawn: their values in the plot under the pointer.
import type { Reading } from '../../metrics/rfd.ts';
import { readingAt } from '../../record/series.ts';
import type { Line } from './line.ts';
import type { OtherLine } from './overlay.ts';

export interface RunRow {
  name: string;
  color: string;
  /** One for each column; null where the run has no reading yet. */
  cells: (Reading | null)[];
  /** Lowest and highest value of the first column, for a row that is a mean. */
  range: [number, number] | null;
}

export interface RunTable {
  title: string;
  columns: { label: string; dash: boolean }[];
  rows: RunRow[];
  /** Number of drawn runs without a row. */
  more: number;
}

/** More rows would not be read. */
export const MAX_ROWS = 5;

/** The curve part of a line id "run/train". */
const curveOf = (id: string) => id.slice(id.lastIndexOf('/') + 1);

/**
 * @param own the shown run; its row always stays
 * @param value the value at the pointer; the nearest rows stay, in the order of the runs
 */
export function runTable(
  step: number,
  own: { name: string; lines: readonly Line[] },
  others: readonly OtherLine[],
  title: string,
  value: number | null,
): RunTable {
  const runs = new Map<string, OtherLine[]>();
  for (const line of others) {
    const run = line.id.slice(0, line.id.lastIndexOf('/'));
    runs.set(run, [...(runs.get(run) ?? []), line]);
  }
  const drawn = others.map(({ id }) => curveOf(id));
  // The curve that is drawn last, on top, is the one that matters most.
  const columns = own.lines.filter(({ id }) => drawn.includes(id)).toReversed();
  const at = (points: readonly Reading[] | undefined) =>
    points === undefined ? null : readingAt(points, step);
  const rows = [...runs.values()].map((lines): RunRow => {
    const cells = columns.map(({ id }) => at(lines.find((line) => curveOf(line.id) === id)?.points));
    const spread = lines.find((line) => curveOf(line.id) === columns[0]?.id)?.spread;
    const range = [at(spread?.low)?.value, at(spread?.high)?.value];
    const [low, high] = range;
    return {
      name: lines[0]!.run,
      color: lines[0]!.color,
      cells,
      range: low === undefined || high === undefined ? null : [low, high],
    };
  });
  const first: RunRow = {
    name: own.name,
    color: columns[0]?.color ?? '',
    cells: columns.map(({ points }) => at(points)),
    range: null,
  };
  const target = value ?? first.cells[0]?.value ?? 0;
  const distance = ({ cells }: RunRow) =>
    Math.min(...cells.map((cell) => (cell === null ? Infinity : Math.abs(cell.value - target))));
  const filled = rows.filter(({ cells }) => cells.some((cell) => cell !== null));
  const kept = filled.toSorted((a, b) => distance(a) - distance(b)).slice(0, MAX_ROWS - 1);
  return {
    title,
    columns: columns.map(({ label, dash }) => ({ label, dash: dash === true })),
    rows: [first, ...filled.filter((row) => kept.includes(row))],
    more: filled.length - kept.length,
  };
}
