// Rows of delimited text with the line each one began on.
import Papa from 'papaparse';
import { Failure } from '../../util/failure.ts';

export interface Row {
  line: number;
  cells: string[];
}

/** Called with the number of a line that cannot be used, and the reason. */
export type ReportFault = (line: number, reason: string) => void;

/** Removes the byte order mark and rejects what is not text. @throws Failure for binary content. */
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

/** Tab-separated rows; quotes are ordinary characters. */
export function tsvRows(text: string): Row[] {
  return textLines(text).map(({ line, text: content }) => ({
    line,
    cells: content.split('\t').map((c) => c.trim()),
  }));
}

/** Lines that one quoted cell may run over; a quote still open after them was never meant to be one. */
const LONGEST_CELL = 100;

/**
 * Comma-separated rows with quotes as RFC 4180 has them. Files called .csv whose cells are separated by tabs (the
 * original STS benchmark) or semicolons are read too. A quote that is never closed costs its own line only.
 */
export function csvRows(text: string, fault?: ReportFault): Row[] {
  const firstLine = textLines(text)[0]?.text ?? '';
  if (firstLine.includes('\t')) return tsvRows(text);
  const delimiter = !firstLine.includes(',') && firstLine.includes(';') ? ';' : ',';
  const lines = text.split(LINE_END);
  const rows: Row[] = [];
  for (let at = 0; at < lines.length;) {
    const record = csvRecord(lines, at, delimiter);
    const cells = record?.cells.map((cell) => cell.trim()) ?? [];
    if (record === undefined) fault?.(at + 1, 'a quote is opened and not closed');
    else if (cells.some((cell) => cell !== '')) rows.push({ line: at + 1, cells });
    at += record?.lines ?? 1;
  }
  return rows;
}

/** The record that begins on a line, and the lines it takes; undefined when its quotes lead nowhere. */
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
    // Bare quotes within a quoted cell are understood on one line; over several, they are rows run together.
    if (errors.some(({ code }) => code === 'InvalidQuotes') && (open || count > 1)) return undefined;
    if (!open) return { cells: data[0] ?? [], lines: count };
  }
  return undefined;
}
