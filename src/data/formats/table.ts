// Rows of delimited text with the line each one began on.
import Papa from 'papaparse';
import { Failure } from '../../util/failure.ts';

export interface Row {
  line: number;
  cells: string[];
}

/** Takes the number of a line that cannot be used, and why. */
export type Report = (line: number, reason: string) => void;

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

/**
 * Comma-separated rows with quotes as RFC 4180 has them. Files that are called .csv but part their cells by tabs (the
 * original STS benchmark) or semicolons are read too. A quote that is never closed costs its own line only.
 */
export function csvRows(text: string, fault?: Report): Row[] {
  const firstLine = textLines(text)[0]?.text ?? '';
  if (firstLine.includes('\t')) return tsvRows(text);
  const delimiter = !firstLine.includes(',') && firstLine.includes(';') ? ';' : ',';
  const source = text.replace(/\r\n?/g, '\n');
  const rows: Row[] = [];
  let line = 1;
  let from = 0;
  while (from < source.length) {
    const start = from;
    Papa.parse<string[]>(source.slice(start), {
      delimiter,
      newline: '\n',
      step: ({ data, errors, meta }, parser) => {
        const raw = source.slice(from, start + meta.cursor);
        const unclosed = errors.some(({ code }) => code === 'MissingQuotes');
        // Quotes within a quoted cell are understood on one line; over several it is rows that were run together.
        const merged = raw.trimEnd().includes('\n') && errors.some(({ code }) => code === 'InvalidQuotes');
        if (unclosed || merged) {
          fault?.(line, 'a quote is opened and not closed');
          const end = source.indexOf('\n', from);
          from = end < 0 ? source.length : end + 1;
          line++;
          parser.abort();
          return;
        }
        if (data.some((cell) => cell.trim() !== ''))
          rows.push({ line, cells: data.map((cell) => cell.trim()) });
        line += raw.split('\n').length - 1;
        from += raw.length;
      },
    });
  }
  return rows;
}
