// Rows of delimited text with the line each one began on.
import Papa from 'papaparse';
import { Failure } from '../../util/failure.ts';

export interface Row {
  line: number;
  cells: string[];
}

/** Removes the byte order mark and refuses what is not text. @throws Failure for binary content. */
export function cleanText(text: string, file: string): string {
  if (text.includes('\u0000')) throw new Failure(`${file} is not a text file (it holds zero bytes).`);
  return text.replace(/^\uFEFF/, '');
}

/** Lines that are not blank, numbered from 1. */
export function textLines(text: string): { line: number; text: string }[] {
  return text
    .split(/\r\n|\n|\r/)
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

/** Comma-separated rows with quotes as RFC 4180 has them. */
export function csvRows(text: string): Row[] {
  const rows: Row[] = [];
  let line = 1;
  let from = 0;
  Papa.parse<string[]>(text, {
    skipEmptyLines: false,
    step: ({ data, meta }) => {
      if (data.some((cell) => cell.trim() !== ''))
        rows.push({ line, cells: data.map((cell) => cell.trim()) });
      line += (text.slice(from, meta.cursor).match(/\n/g) ?? []).length;
      from = meta.cursor;
    },
  });
  return rows;
}
