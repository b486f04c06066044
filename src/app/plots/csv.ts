// The numbers of a plot as a table, one row per step and one column per curve; and as CSV (RFC 4180).
import type { Line, PlotTableData } from './line.ts';
import { binShares, type Distribution } from './histogram.ts';
import type { Domain } from './thinned.ts';

/** Every step at which one of the curves has a reading; null where a curve has none. */
export function linesTable(stepLabel: string, lines: readonly Line[]): PlotTableData {
  const rows = new Map<number, (number | null)[]>();
  for (const [column, { points }] of lines.entries()) {
    for (const { step, value } of points) {
      let row = rows.get(step);
      if (row === undefined) {
        row = [step, ...lines.map(() => null)];
        rows.set(step, row);
      }
      row[column + 1] = value;
    }
  }
  return {
    columns: [stepLabel, ...lines.map(({ label }) => label)],
    rows: [...rows.values()].sort((a, b) => a[0]! - b[0]!),
  };
}

/**
 * Edges and shares of the bins.
 * @param suffix the suffix of the columns "before training"
 */
export function histogramTable(
  edges: { from: string; to: string },
  distributions: readonly Distribution[],
  [low, high]: Domain,
  bins: number,
  before: (label: string) => string,
): PlotTableData {
  const columns = distributions.flatMap(({ label, values, before: earlier }) => [
    { label, shares: binShares(values, [low, high], bins) },
    ...(earlier == null ? [] : [{ label: before(label), shares: binShares(earlier, [low, high], bins) }]),
  ]);
  const edge = (bin: number) => Number((low + ((high - low) * bin) / bins).toPrecision(6));
  return {
    columns: [edges.from, edges.to, ...columns.map(({ label }) => label)],
    rows: Array.from({ length: bins }, (_, bin) => [
      edge(bin),
      edge(bin + 1),
      ...columns.map(({ shares }) => shares[bin]!),
    ]),
  };
}

export function csvText({ columns, rows }: PlotTableData): string {
  const cell = (value: number | string | null) => {
    const text = value === null ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

/** Every n-th row and the last one, so that a table on the page stays readable. */
export function sampledRows<T>(rows: readonly T[], most: number): readonly T[] {
  if (rows.length <= most) return rows;
  const every = Math.ceil((rows.length - 1) / (most - 1));
  return rows.filter((_, i) => i % every === 0 || i === rows.length - 1);
}
