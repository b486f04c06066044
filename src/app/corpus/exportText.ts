// Formats groups and pairs as a file: JSONL keeps everything, TSV and CSV open in a spreadsheet. The import can read
// all three.
import type { Group, ScoredPair } from '../../data/group.ts';
import { ROLES } from '../../run/roles.ts';
import { yieldToEventLoop } from '../../util/yieldToEventLoop.ts';

export const EXPORT_FORMATS = ['jsonl', 'tsv', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const TYPES: Record<ExportFormat, string> = {
  jsonl: 'application/jsonl',
  tsv: 'text/tab-separated-values',
  csv: 'text/csv',
};
/** Number of lines formatted before yielding to the event loop. */
const SLICE = 2000;

type ExportLine = (cells: readonly string[]) => string;

/** Tabs separate cells and line breaks separate rows, so within a cell both become spaces. */
const tsvLine: ExportLine = (cells) => cells.map((cell) => cell.replace(/[\t\r\n]+/g, ' ')).join('\t');
/** Quoted according to RFC 4180. */
const csvLine: ExportLine = (cells) =>
  cells
    .map((cell) => (/[",;\t\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',');

const PAIR_COLUMNS = ['score', 'sentence1', 'sentence2'] as const;

/** One line per group, after the header (which JSONL does not have). */
export function groupLines(groups: readonly Group[], format: ExportFormat): string[] {
  if (format === 'jsonl')
    return groups.map(({ id, anchor, positive, intermediate, negative, pattern, source, by }) =>
      JSON.stringify({ id, anchor, positive, intermediate, negative, pattern, source, by }),
    );
  const line = format === 'tsv' ? tsvLine : csvLine;
  return [line(ROLES), ...groups.map((group) => line(ROLES.map((role) => group[role] ?? '')))];
}

export function pairLines(pairs: readonly ScoredPair[], format: ExportFormat): string[] {
  if (format === 'jsonl')
    return pairs.map(({ score, first, second }) => JSON.stringify({ score, first, second }));
  const line = format === 'tsv' ? tsvLine : csvLine;
  return [
    line(PAIR_COLUMNS),
    ...pairs.map(({ score, first, second }) => line([String(score), first, second])),
  ];
}

/** Formats any number of lines as a file without blocking the page. */
export async function fileOf<T>(
  items: readonly T[],
  format: ExportFormat,
  lines: (items: readonly T[], format: ExportFormat) => string[],
): Promise<Blob> {
  const parts: string[] = [];
  for (let at = 0; at === 0 || at < items.length; at += SLICE) {
    if (at > 0) await yieldToEventLoop();
    const made = lines(items.slice(at, at + SLICE), format);
    // Every slice has a header; only that of the first one is kept.
    const body = at > 0 && format !== 'jsonl' ? made.slice(1) : made;
    if (body.length > 0) parts.push(`${body.join('\n')}\n`);
  }
  return new Blob(parts, { type: `${TYPES[format]};charset=utf-8` });
}
