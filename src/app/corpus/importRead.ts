// Reads a text in the way the visitor has chosen: returns sentence groups or scored pairs, and the skipped lines. The
// readers in src/data do the work; this file converts the input to the form they expect.
import { readGroups } from '../../data/formats/groups.ts';
import { readScoredPairs } from '../../data/formats/scoredPairs.ts';
import { cleanText, textLines, type Row } from '../../data/formats/table.ts';
import type { Group, ScoredPair } from '../../data/group.ts';
import type { Role } from '../../run/roles.ts';
import { Failure, messageOf } from '../../util/failure.ts';
import { t } from '../messages/t.ts';
import {
  cleanSentence,
  cleanSentences,
  LONGEST_SENTENCE,
  problemOf,
  type GroupDraft,
} from '../state/corpusText.ts';
import { isTable, rowsOf, type ImportChoice, type ColumnUse } from './importSniff.ts';

export interface ImportError {
  line: number;
  reason: string;
}

export interface ReadImport {
  kind: 'groups' | 'pairs';
  groups: GroupDraft[];
  pairs: ScoredPair[];
  errors: ImportError[];
}

/** @throws Failure if nothing can be read that way: only one column, no anchor, all lines invalid */
export function readImport(name: string, content: string, choice: ImportChoice): ReadImport {
  const text = cleanText(content, name);
  if (text.trim() === '') throw new Failure(t('corpus.import.empty', { name }));
  const read = reading(name, text, choice);
  read.errors.sort((a, b) => a.line - b.line);
  if (read.groups.length + read.pairs.length === 0) {
    const { line, reason } = read.errors[0] ?? { line: 1, reason: t('corpus.import.noLine') };
    throw new Failure(t('corpus.import.nothing', { name, line, reason }));
  }
  return read;
}

function reading(name: string, text: string, choice: ImportChoice): ReadImport {
  switch (choice.format) {
    case 'plain':
      return groupsFrom('text.txt', text);
    case 'jsonl':
      return readJson(text);
    case 'nli':
      return groupsFrom(text.includes('\t') ? 'text.tsv' : 'text.csv', text);
    case 'pairs-jsonl':
      return readPairObjects(text);
    case 'tsv':
    case 'csv':
      return choice.columns.includes('score')
        ? readPairTable(text, choice)
        : readGroupTable(name, text, choice);
  }
}

// --- groups -----------------------------------------------------------------------------------------------------

const LINE_OF_ID = /:(\d+)$/;

/** @param file its extension determines the format; ids of groups without one are "text:{line}" */
function groupsFrom(file: string, text: string, mapping?: Partial<Record<Role, number>>): ReadImport {
  const read = readGroups(file, text, { source: 'file', mapping });
  const errors: ImportError[] = read.errors.map(({ line, reason }) => ({ line, reason }));
  const groups: GroupDraft[] = [];
  for (const group of read.groups) {
    const draft = draftOf(group);
    const problem = problemOf(draft);
    if (problem === null) groups.push(draft);
    else
      errors.push({
        line: Number(LINE_OF_ID.exec(group.id)?.[1] ?? 1),
        reason: t(`corpus.import.sentence.${problem}`, { most: LONGEST_SENTENCE }),
      });
  }
  return { kind: 'groups', groups, pairs: [], errors };
}

function draftOf(group: Group): GroupDraft {
  const draft: GroupDraft = { ...cleanSentences(group), pattern: group.pattern, source: 'file' };
  if (group.by !== undefined) draft.by = group.by;
  return draft;
}

/** Reads JSON lines, or a JSON array of the same objects. Ids in the file are replaced by line numbers. */
function readJson(text: string): ReadImport {
  const lines = jsonLines(text).map(({ line, value }) => ({ line, text: value }));
  const numbered = Array.from({ length: lines.at(-1)?.line ?? 0 }, () => '');
  for (const { line, text: content } of lines) numbered[line - 1] = withoutId(content);
  return groupsFrom('text.jsonl', numbered.join('\n'));
}

function jsonLines(text: string): { line: number; value: string }[] {
  if (text.trimStart().startsWith('[')) {
    try {
      const items: unknown = JSON.parse(text);
      if (Array.isArray(items)) return items.map((item, i) => ({ line: i + 1, value: JSON.stringify(item) }));
    } catch (error) {
      throw new Failure(t('corpus.import.badArray', { reason: messageOf(error) }));
    }
  }
  return textLines(text).map(({ line, text: value }) => ({ line, value }));
}

/** The line without "id": the generated id contains the line number, so that later errors can report the line. */
function withoutId(line: string): string {
  if (!line.includes('"id"')) return line;
  try {
    const { id: _, ...rest } = JSON.parse(line) as Record<string, unknown>;
    return JSON.stringify(rest);
  } catch {
    return line; // the reader reports the error
  }
}

function readGroupTable(name: string, text: string, choice: ImportChoice): ReadImport {
  const mapping = mappingOf(choice.columns);
  if (choice.columns.length < 2) throw new Failure(t('corpus.import.oneColumn', { name }));
  if (mapping.anchor === undefined) throw new Failure(t('corpus.import.noAnchor'));
  const { file, table } = withStandardHeader(text, choice);
  const read = groupsFrom(file, table, mapping);
  for (const error of read.errors) error.line--; // our header is one extra line
  return read;
}

/**
 * The reader guesses from the first row whether it is a header. Here the visitor has decided, so we put our own header
 * on top, and blank the original one if there is one. Line numbers increase by one.
 */
function withStandardHeader(text: string, choice: ImportChoice): { file: string; table: string } {
  const firstLine = textLines(text)[0]?.text ?? '';
  const isTabbed = choice.format === 'tsv' || firstLine.includes('\t');
  const comma = !firstLine.includes(',') && firstLine.includes(';') ? ';' : ',';
  const header = choice.columns
    .map((_, i) => (i === 0 ? 'anchor' : `column${i}`))
    .join(isTabbed ? '\t' : comma);
  const body = choice.hasHeader ? withoutFirstRow(text, choice) : text;
  return { file: isTabbed ? 'text.tsv' : 'text.csv', table: `${header}\n${body}` };
}

function withoutFirstRow(text: string, choice: ImportChoice): string {
  // A header may span several lines; the line of the second row shows where it ends.
  const second = rowsOf(choice.format, text.slice(0, 200_000))[1]?.line ?? Infinity;
  const lines = text.split(/\r\n|\n|\r/);
  return lines.map((line, i) => (i + 1 < second ? '' : line)).join('\n');
}

function mappingOf(columns: readonly ColumnUse[]): Partial<Record<Role, number>> {
  const mapping: Partial<Record<Role, number>> = {};
  columns.forEach((use, i) => {
    if (use !== 'ignore' && use !== 'score') mapping[use] ??= i;
  });
  return mapping;
}

// --- scored pairs -----------------------------------------------------------------------------------------------

interface ImportedPairRow {
  line: number;
  score: string;
  first: string;
  second: string;
}

/** Reads pairs by converting them to the reader's format: score, sentence, sentence, with a header. */
function pairsFrom(rows: readonly ImportedPairRow[], errors: ImportError[]): ReadImport {
  const read: ReadImport = { kind: 'pairs', groups: [], pairs: [], errors };
  if (rows.length === 0) return read;
  const clean = rows.map(({ line, score, first, second }) => {
    return { line, score: cleanSentence(score), first: cleanSentence(first), second: cleanSentence(second) };
  });
  const usable = clean.filter(({ line, first, second }) => {
    const isLong = Math.max(first.length, second.length) > LONGEST_SENTENCE;
    if (isLong) errors.push({ line, reason: t('corpus.import.sentence.long', { most: LONGEST_SENTENCE }) });
    return !isLong;
  });
  const body = usable.map(({ score, first, second }) => `${score}\t${first}\t${second}`);
  try {
    const { pairs, errors: found } = readScoredPairs(
      'pairs.tsv',
      ['score\tsentence1\tsentence2', ...body].join('\n'),
    );
    read.pairs = pairs;
    for (const { line, reason } of found) errors.push({ line: usable[line - 2]?.line ?? line, reason });
  } catch (error) {
    // All of them are invalid: report only the first.
    errors.push({ line: usable[0]?.line ?? 1, reason: messageOf(error) });
  }
  return read;
}

function readPairTable(text: string, choice: ImportChoice): ReadImport {
  const column = (use: ColumnUse) => choice.columns.indexOf(use);
  const [score, first, second] = [column('score'), column('anchor'), column('positive')];
  if (first < 0 || second < 0) throw new Failure(t('corpus.import.pairsNeedTwo'));
  const errors: ImportError[] = [];
  const rows = rowsOf(choice.format, text, (line, reason) => errors.push({ line, reason }));
  const cell = ({ cells }: Row, i: number) => cells[i] ?? '';
  const body = choice.hasHeader ? rows.slice(1) : rows;
  return pairsFrom(
    body.map((row) => ({
      line: row.line,
      score: cell(row, score),
      first: cell(row, first),
      second: cell(row, second),
    })),
    errors,
  );
}

const FIRST = ['first', 'sentence1', 's1', 'sentence_a', 'text1'];
const SECOND = ['second', 'sentence2', 's2', 'sentence_b', 'text2'];

function readPairObjects(text: string): ReadImport {
  const errors: ImportError[] = [];
  const rows: ImportedPairRow[] = [];
  for (const { line, value } of jsonLines(text)) {
    try {
      const parsed: unknown = JSON.parse(value);
      const fields = new Map(Object.entries(parsed as object));
      const textAt = (names: readonly string[]) => {
        const found: unknown = names
          .map((name): unknown => fields.get(name))
          .find((each) => each !== undefined);
        return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
      };
      rows.push({ line, score: textAt(['score']), first: textAt(FIRST), second: textAt(SECOND) });
    } catch (error) {
      errors.push({ line, reason: t('corpus.import.notJson', { reason: messageOf(error) }) });
    }
  }
  return pairsFrom(rows, errors);
}

/** What the visitor still has to choose before the text can be read; null if nothing. */
export function choiceProblem({ format, columns }: ImportChoice, name: string): string | null {
  if (!isTable(format)) return null;
  if (columns.length < 2) return t('corpus.import.oneColumn', { name });
  if (!columns.includes('anchor')) return t('corpus.import.noAnchor');
  if (columns.includes('score') && !columns.includes('positive')) return t('corpus.import.pairsNeedTwo');
  return null;
}
