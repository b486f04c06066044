// Guesses the format of a text from its name and first lines, and what each column of a table contains. The visitor
// can override the guess.
import { csvRows, textLines, tsvRows, type Row } from '../../data/formats/table.ts';
import { ROLES, TRIPLET_ROLES, type Role } from '../../run/roles.ts';

/** Formats that a text can be read as. */
export const IMPORT_FORMATS = ['plain', 'tsv', 'csv', 'jsonl', 'pairs-jsonl', 'nli'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** What a column of a table contains. If there is a score, anchor and positive are the two sentences of a pair. */
export type ColumnUse = Role | 'score' | 'ignore';
export const COLUMN_USES: readonly ColumnUse[] = [...ROLES, 'score', 'ignore'];

export interface ImportChoice {
  format: ImportFormat;
  /** For tables: what each column contains. */
  columns: readonly ColumnUse[];
  hasHeader: boolean;
}

export interface Inspection {
  name: string;
  choice: ImportChoice;
  /** For tables: the first rows. */
  preview: readonly (readonly string[])[];
}

/** Number of characters that are inspected. */
const HEAD = 65_536;
const PREVIEW = 5;
const SAMPLE = 50;

export function isTable(format: ImportFormat): boolean {
  return format === 'tsv' || format === 'csv';
}

/** @param as the format; guessed if omitted */
export function inspect(name: string, text: string, as?: ImportFormat): Inspection {
  const head = headOf(text);
  const format = as ?? guessFormat(name, head);
  if (!isTable(format)) return { name, choice: { format, columns: [], hasHeader: false }, preview: [] };
  const rows = rowsOf(format, head).slice(0, SAMPLE);
  const { columns, hasHeader } = guessColumns(rows);
  return {
    name,
    choice: { format, columns, hasHeader },
    preview: rows.slice(0, PREVIEW + 1).map(({ cells }) => cells),
  };
}

export function rowsOf(
  format: ImportFormat,
  text: string,
  report?: (line: number, reason: string) => void,
): Row[] {
  return format === 'csv' ? csvRows(text, report) : tsvRows(text);
}

/** The first lines, without an incomplete last one. */
function headOf(text: string): string {
  const whole = text.replace(/^\uFEFF/, '');
  if (whole.length <= HEAD) return whole;
  const end = Math.max(whole.lastIndexOf('\n', HEAD), whole.lastIndexOf('\r', HEAD));
  return whole.slice(0, end > 0 ? end : HEAD);
}

const NLI_LABELS = new Set(['entailment', 'neutral', 'contradiction']);

function guessFormat(name: string, head: string): ImportFormat {
  const extension = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase();
  const lines = textLines(head).slice(0, SAMPLE);
  const first = lines[0]?.text.trim() ?? '';
  const isJson = ['jsonl', 'json', 'ndjson'].includes(extension ?? '');
  if (isJson || first.startsWith('{') || (first.startsWith('[') && first.endsWith(']')))
    return lines.some(({ text }) => isScoredObject(text)) ? 'pairs-jsonl' : 'jsonl';
  if (extension === 'tsv') return nliOr('tsv', tsvRows(head));
  if (extension === 'csv') return nliOr('csv', csvRows(head));
  const tabs = lines.filter(({ text }) => text.includes('\t')).length;
  if (tabs > lines.length / 2) return nliOr('tsv', tsvRows(head));
  // Sentences contain commas too: plain text counts as a table only if a header names its columns.
  const named = first.split(/[,;]/).map((cell) => headerUse(cell));
  return named.filter((use) => use !== undefined).length >= 2 ? nliOr('csv', csvRows(head)) : 'plain';
}

function nliOr(format: ImportFormat, rows: readonly Row[]): ImportFormat {
  const isNli = rows
    .slice(0, 20)
    .some(({ cells }) => cells.length >= 3 && NLI_LABELS.has((cells[0] ?? '').toLowerCase()));
  return isNli ? 'nli' : format;
}

function isScoredObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'score' in value && !('anchor' in value);
  } catch {
    return false;
  }
}

const HEADERS: Record<string, ColumnUse> = {
  anchor: 'anchor',
  sent0: 'anchor',
  sentence: 'anchor',
  sentence1: 'anchor',
  sentence_a: 'anchor',
  text1: 'anchor',
  s1: 'anchor',
  first: 'anchor',
  premise: 'anchor',
  query: 'anchor',
  positive: 'positive',
  sent1: 'positive',
  sentence2: 'positive',
  sentence_b: 'positive',
  text2: 'positive',
  s2: 'positive',
  second: 'positive',
  hypothesis: 'positive',
  entailment: 'positive',
  intermediate: 'intermediate',
  negative: 'negative',
  hard_neg: 'negative',
  hard_negative: 'negative',
  contradiction: 'negative',
  score: 'score',
  similarity: 'score',
  similarity_score: 'score',
  relatedness_score: 'score',
};

function headerUse(cell: string): ColumnUse | undefined {
  const name = cell.trim().replace(/^"|"$/g, '').toLowerCase();
  return Object.hasOwn(HEADERS, name) ? HEADERS[name] : undefined;
}

const isNumber = (cell: string | undefined) =>
  cell !== undefined && cell !== '' && Number.isFinite(Number(cell));

function guessColumns(rows: readonly Row[]): { columns: ColumnUse[]; hasHeader: boolean } {
  const width = Math.max(1, ...rows.map(({ cells }) => cells.length));
  const names = Array.from({ length: width }, (_, i) => headerUse(rows[0]?.cells[i] ?? ''));
  if (names.includes('anchor'))
    return { columns: names.map((use, i) => onceOnly(names, use, i)), hasHeader: true };
  return { columns: byContent(rows, width), hasHeader: false };
}

const onceOnly = (
  names: readonly (ColumnUse | undefined)[],
  use: ColumnUse | undefined,
  i: number,
): ColumnUse => (use !== undefined && names.indexOf(use) === i ? use : 'ignore');

/** Guesses columns without a header: numbers from 0 to 5 are scores, columns of words are sentences, in order. */
function byContent(rows: readonly Row[], width: number): ColumnUse[] {
  const share = (column: number, test: (cell: string | undefined) => boolean) =>
    rows.filter(({ cells }) => test(cells[column])).length / Math.max(1, rows.length);
  const isScore = (cell: string | undefined) => isNumber(cell) && Number(cell) >= 0 && Number(cell) <= 5;
  const columns = Array.from({ length: width }, (_, column) => column);
  // In the original STS benchmark, columns with years and line numbers precede the score.
  const score = columns
    .filter((column) => share(column, isNumber) > 0.7 && share(column, isScore) >= 0.5)
    .at(-1);
  const sentences = columns.filter((column) => share(column, isNumber) < 0.3);
  const wordy = sentences.filter((column) => share(column, (cell) => (cell ?? '').includes(' ')) > 0.5);
  const texts = wordy.length >= 2 ? wordy : sentences;
  const roles: readonly Role[] =
    score !== undefined && texts.length >= 2
      ? ['anchor', 'positive']
      : texts.length >= 4
        ? ROLES
        : TRIPLET_ROLES;
  return columns.map((column) => {
    if (column === score && texts.length >= 2) return 'score';
    return roles[texts.indexOf(column)] ?? 'ignore';
  });
}

/** Assigns a use to a column; the column that had this use before becomes 'ignore'. */
export function withUse(columns: readonly ColumnUse[], column: number, use: ColumnUse): ColumnUse[] {
  return columns.map((had, i) => (i === column ? use : had === use ? 'ignore' : had));
}
