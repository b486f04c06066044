// Reads scored pairs: TSV with columns score, s1, s2; the CSV of STS-B, with columns s1, s2, score, with or without a
// header; or the original tab-separated STS-B file (genre, file, year, id, score, s1, s2).
import { Failure } from '../../util/failure.ts';
import type { LineError, ScoredPair } from '../group.ts';
import { cleanText, csvRows, tsvRows, type ReportLineError, type Row } from './table.ts';

export interface ReadPairs {
  pairs: ScoredPair[];
  errors: LineError[];
}

interface Columns {
  score: number;
  first: number;
  second: number;
}

const SCORE = new Set(['score', 'similarity_score', 'similarity', 'label', 'relatedness_score']);
const FIRST = new Set(['sentence1', 's1', 'sent1', 'sentence_a', 'text1']);
const SECOND = new Set(['sentence2', 's2', 'sent2', 'sentence_b', 'text2']);

/** @throws Failure when the file is empty, binary, or has no usable pair. */
export function readScoredPairs(file: string, content: string): ReadPairs {
  const text = cleanText(content, file);
  if (text.trim() === '') throw new Failure(`${file} is empty.`);
  const pairs: ScoredPair[] = [];
  const errors: LineError[] = [];
  const report: ReportLineError = (line, reason) => errors.push({ file, line, reason });
  const rows = file.toLowerCase().endsWith('.csv') ? csvRows(text, report) : tsvRows(text);
  const header = headerColumns(rows[0]);
  const columns = header ?? guessColumns(rows);
  for (const { line, cells } of header ? rows.slice(1) : rows) {
    const pair = pairFrom(cells, columns);
    if (typeof pair === 'string') report(line, pair);
    else pairs.push(pair);
  }
  errors.sort((a, b) => a.line - b.line);
  if (pairs.length === 0) {
    const first = errors[0];
    throw new Failure(
      `${file} holds no scored pair (line ${first?.line ?? 1}: ${first?.reason ?? 'nothing'}); expected score, sentence, sentence.`,
    );
  }
  return { pairs, errors };
}

function headerColumns(row: Row | undefined): Columns | undefined {
  const names = row?.cells.map((cell) => cell.toLowerCase()) ?? [];
  const score = names.findIndex((name) => SCORE.has(name));
  const first = names.findIndex((name) => FIRST.has(name));
  const second = names.findIndex((name) => SECOND.has(name));
  return score >= 0 && first >= 0 && second >= 0 ? { score, first, second } : undefined;
}

/** Columns of a file without a header: the score is first (our TSV), last (STS-B CSV) or fifth (original STS-B). */
function guessColumns(rows: Row[]): Columns {
  const sample = rows.slice(0, 50);
  const numeric = (column: number) => sample.filter(({ cells }) => isNumber(cells[column])).length;
  if (sample.some(({ cells }) => cells.length >= 7) && numeric(4) > sample.length / 2)
    return { score: 4, first: 5, second: 6 };
  return numeric(2) > numeric(0) ? { score: 2, first: 0, second: 1 } : { score: 0, first: 1, second: 2 };
}

function isNumber(cell: string | undefined): boolean {
  return cell !== undefined && cell !== '' && Number.isFinite(Number(cell));
}

/** The pair in a row, or the reason why the row cannot be used. */
function pairFrom(cells: string[], columns: Columns): ScoredPair | string {
  const { [columns.score]: score, [columns.first]: first, [columns.second]: second } = cells;
  if (cells.length < 3)
    return `${cells.length} column${cells.length === 1 ? '' : 's'} instead of score, sentence, sentence`;
  if (!isNumber(score)) return `score "${score ?? ''}" is not a number`;
  const value = Number(score);
  if (value < 0 || value > 5) return `score ${value} is out of range (0 to 5)`;
  if (!first || !second) return 'a sentence is missing';
  return { score: value, first, second };
}
