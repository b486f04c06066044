// Parses delimited text (CSV, TSV) into rows, each with the number of the line it starts on.
import Papa from 'papaparse';
import { Failure } from '../../util/failure.ts';

export interface Row {
  line: number;
  cells: string[];
}

/** Called with the number of a line that cannot be used, and the reason. */
export type ReportLineError = (line: number, reason: string) => void;

/** Removes the byte order mark. @throws Failure for binary content. */
export function cleanText(text: string, file: string): string {
  if (text.includes('\u0000')) throw new Failure(`${file} is not a text file (it holds zero bytes).`);
  return text.replace(/^\uFEFF/, '');
}

const LINE_END = /\r\n|\n|\r/;

/** Lines that are not blank, numbered from 1. */
export function textLines(text: string): { line: number; text: string }[] {
  return text
    .split(LINE_END)
    .map((content, index) => ({ line: index + 1, text: content }))
    .filter(({ text: content }) => content.trim() !== '');
}

/** Tab-separated rows; quotes have no special meaning. */
export function tsvRows(text: string): Row[] {
  return textLines(text).map(({ line, text: content }) => ({
    line,
    cells: content.split('\t').map((c) => c.trim()),
  }));
}

/** Maximum number of lines in one quoted cell; a quote that is still open after that is not treated as one. */
const LONGEST_CELL = 100;

/**
 * Comma-separated rows with quotes as in RFC 4180. Also reads .csv files that are separated by tabs (the original STS
 * benchmark) or semicolons. If a quote is never closed, only its own line is lost.
 */
export function csvRows(text: string, report?: ReportLineError): Row[] {
  const firstLine = textLines(text)[0]?.text ?? '';
  if (firstLine.includes('\t')) return tsvRows(text);
  const delimiter = !firstLine.includes(',') && firstLine.includes(';') ? ';' : ',';
  const lines = text.split(LINE_END);
  const rows: Row[] = [];
  for (let at = 0; at < lines.length;) {
    const record = csvRecord(lines, at, delimiter);
    const cells = record?.cells.map((cell) => cell.trim()) ?? [];
    if (record === undefined) report?.(at + 1, 'a quote is opened and not closed');
    else if (cells.some((cell) => cell !== '')) rows.push({ line: at + 1, cells });
    at += record?.lines ?? 1;
  }
  return rows;
}

/** The record that starts on a line, and how many lines it spans; undefined when its quotes are malformed. */
function csvRecord(
  lines: readonly string[],
  first: number,
  delimiter: string,
): { cells: string[]; lines: number } | undefined {
  const [line = ''] = lines.slice(first, first + 1);
  if (!line.includes('"')) return { cells: line.split(delimiter), lines: 1 };
  const most = Math.min(LONGEST_CELL, lines.length - first);
  for (let count = 1; count <= most; count++) {
    const content = lines.slice(first, first + count).join('\n');
    const { data, errors } = Papa.parse<string[]>(content, { delimiter, newline: '\n' });
    const open = errors.some(({ code }) => code === 'MissingQuotes');
    // Bare quotes inside a quoted cell are accepted on one line; over several lines they mean that rows were merged.
    if (errors.some(({ code }) => code === 'InvalidQuotes') && (open || count > 1)) return undefined;
    if (!open) return { cells: data[0] ?? [], lines: count };
  }
  return undefined;
}
