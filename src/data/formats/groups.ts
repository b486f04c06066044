// Reads sentence groups from all supported formats. A line that cannot be used is reported with its number and the
// reason, and the other lines are used.
//
//   group JSONL    {"anchor", "positive"?, "intermediate"?, "negative"?, "pattern"?, ...}
//   hybrid JSONL   {"split": "other"|"aigen", "sentence", "5" .. "0"}     (the paper's own files)
//   NLI TSV        label <tab> premise <tab> hypothesis                    one group per premise
//   SimCSE CSV     sent0,sent1,hard_neg
//   columns        CSV or TSV of two or three columns, by header or mapping
//   plain text     one sentence per line
import { z } from 'zod';
import { Failure, messageOf } from '../../util/failure.ts';
import { groupSchema, patternOf, type LineError, type Group, type GroupPattern } from '../group.ts';
import { type Role, ROLES } from '../../run/roles.ts';
import { cleanText, csvRows, textLines, tsvRows, type ReportLineError, type Row } from './table.ts';

/** The column (counted from 0) of each sentence role. */
export type ColumnMapping = Partial<Record<Role, number>>;

export interface ReadGroups {
  groups: Group[];
  errors: LineError[];
  /** The detected format. */
  format: 'group-jsonl' | 'hybrid-jsonl' | 'nli-tsv' | 'columns' | 'plain-text';
}

export interface ReadOptions {
  mapping?: ColumnMapping | undefined;
  /** Pattern for groups that do not state their own. */
  pattern?: GroupPattern | undefined;
  source?: Group['source'] | undefined;
}

type Draft = Omit<z.infer<typeof groupSchema>, 'id'> & { id?: string | undefined; line: number };

/** @throws Failure when the file is empty, binary, or contains scored pairs. */
export function readGroups(file: string, content: string, options: ReadOptions = {}): ReadGroups {
  const text = cleanText(content, file);
  if (text.trim() === '') throw new Failure(`${file} is empty.`);
  const errors: LineError[] = [];
  const report = (line: number, reason: string) => errors.push({ file, line, reason });
  const { drafts, format } = readDrafts(file, text, options, report);
  const stem = file.replace(/^.*[\\/]/, '').replace(/\.\w+$/, '');
  const groups = drafts.map(({ line, ...draft }): Group => ({
    ...draft,
    id: draft.id ?? `${stem}:${line}`,
    pattern:
      draft.pattern ?? (draft.positive === undefined ? undefined : options.pattern) ?? patternOf(draft),
    source: draft.source ?? options.source ?? 'file',
  }));
  return { groups, errors: errors.sort((a, b) => a.line - b.line), format };
}

/** Whether a file is a table of scored pairs, which readGroups refuses and readScoredPairs reads. */
export function holdsScoredPairs(file: string, content: string): boolean {
  const extension = extensionOf(file);
  if (extension !== 'tsv' && extension !== 'csv') return false;
  const text = cleanText(content, file);
  return looksScored(extension === 'tsv' ? tsvRows(text) : csvRows(text));
}

const extensionOf = (file: string) => /\.(\w+)$/.exec(file)?.[1]?.toLowerCase();

interface Drafts {
  drafts: Draft[];
  format: ReadGroups['format'];
}

function readDrafts(file: string, text: string, options: ReadOptions, report: ReportLineError): Drafts {
  const extension = extensionOf(file);
  if (
    extension === 'jsonl' ||
    extension === 'json' ||
    (extension !== 'txt' && text.trimStart().startsWith('{'))
  ) {
    return readJsonLines(text, report);
  }
  if (extension === 'tsv' || extension === 'csv') {
    const rows = extension === 'tsv' ? tsvRows(text) : csvRows(text, report);
    if (options.mapping === undefined && looksScored(rows)) {
      throw new Failure(
        `${file} holds scored pairs, not sentence groups; give it as evaluation data (--sts).`,
      );
    }
    if (options.mapping === undefined && looksLikeNli(rows)) return readNli(rows, report);
    return readColumns(rows, options.mapping, report);
  }
  return {
    format: 'plain-text',
    drafts: textLines(text).map(({ line, text: anchor }) => ({ line, anchor: anchor.trim() })),
  };
}

// --- JSONL ------------------------------------------------------------------------------------------------------

/** The similarity levels of a hybrid JSONL line, the most similar first. */
const LEVELS = ['5', '4', '3', '2', '1', '0'] as const;
const level = z.string().nullish();

const hybridSchema = z.object({
  split: z.enum(['other', 'aigen']),
  sentence: z.string().trim().min(1, 'is empty'),
  '5': level,
  '4': level,
  '3': level,
  '2': level,
  '1': level,
  '0': level,
});
type Hybrid = z.infer<typeof hybridSchema>;
const hybridGroupSchema = hybridSchema.transform(fromHybrid);

function readJsonLines(text: string, report: ReportLineError): Drafts {
  const drafts: Draft[] = [];
  let hybrid = 0;
  for (const { line, text: content } of textLines(text)) {
    let value: unknown;
    try {
      value = JSON.parse(content);
    } catch (error) {
      report(line, `not JSON (${messageOf(error)})`);
      continue;
    }
    const isHybrid = typeof value === 'object' && value !== null && 'split' in value && !('anchor' in value);
    const parsed = (isHybrid ? hybridGroupSchema : groupSchema).safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      report(line, `${issue?.path.join('.') || 'line'} ${issue?.message}`);
      continue;
    }
    if (isHybrid) hybrid++;
    drafts.push({ ...parsed.data, line });
  }
  return { drafts, format: hybrid > 0 ? 'hybrid-jsonl' : 'group-jsonl' };
}

/** By number of sentences, with the anchor: 2 gives anchor and positive, 3 also a negative, 4 also an intermediate. */
function fromHybrid(row: Hybrid): Omit<Draft, 'line'> {
  const levels = LEVELS.flatMap((key) => row[key]?.trim() || []);
  const pattern: GroupPattern =
    row.split === 'other' ? (levels.length ? 'sup' : 'plain') : levels.length >= 3 ? 'sts' : 'nli';
  return {
    anchor: row.sentence,
    positive: levels[0],
    intermediate: levels.length >= 3 ? levels[1] : undefined,
    negative: levels.length >= 2 ? levels[levels.length - 1] : undefined,
    pattern,
  };
}

// --- tables -----------------------------------------------------------------------------------------------------

const NLI_LABELS = new Set(['entailment', 'neutral', 'contradiction', '-']);

function looksLikeNli(rows: Row[]): boolean {
  return rows
    .slice(0, 20)
    .some(({ cells }) => cells.length >= 3 && NLI_LABELS.has((cells[0] ?? '').toLowerCase()));
}

function looksScored(rows: Row[]): boolean {
  const numeric = (cell: string | undefined) =>
    cell !== undefined && cell !== '' && Number.isFinite(Number(cell));
  const body = rows.slice(0, 20);
  return (
    body.length > 0 &&
    body.filter(({ cells }) => cells.length === 3 && (numeric(cells[0]) || numeric(cells[2]))).length >
      body.length / 2
  );
}

/** One group per premise: its first entailed hypothesis and, if there is one, its first contradicting hypothesis. */
function readNli(rows: Row[], report: ReportLineError): Drafts {
  const premises = new Map<string, Draft>();
  for (const [index, { line, cells }] of rows.entries()) {
    const [first = '', premise, hypothesis] = cells;
    const label = first.toLowerCase();
    const isHeader = index === 0 && label.includes('label');
    if (!NLI_LABELS.has(label)) {
      if (!isHeader) report(line, `label "${first}" is none of entailment, neutral, contradiction`);
    } else if (!premise || !hypothesis) {
      report(line, 'premise or hypothesis is missing');
    } else {
      const draft = premises.get(premise) ?? { line, anchor: premise };
      premises.set(premise, draft);
      if (label === 'entailment') draft.positive ??= hypothesis;
      if (label === 'contradiction') draft.negative ??= hypothesis;
    }
  }
  return {
    format: 'nli-tsv',
    drafts: [...premises.values()].filter((draft) => draft.positive !== undefined),
  };
}

const HEADER_ROLES: Record<string, Role> = {
  anchor: 'anchor',
  sent0: 'anchor',
  sentence: 'anchor',
  sentence1: 'anchor',
  premise: 'anchor',
  positive: 'positive',
  sent1: 'positive',
  sentence2: 'positive',
  entailment: 'positive',
  intermediate: 'intermediate',
  negative: 'negative',
  hard_neg: 'negative',
  contradiction: 'negative',
};

function readColumns(rows: Row[], mapping: ColumnMapping | undefined, report: ReportLineError): Drafts {
  const header = rows[0]?.cells.map((cell) => HEADER_ROLES[cell.toLowerCase()]) ?? [];
  const hasHeader = header.includes('anchor');
  const columns = mapping ?? (hasHeader ? fromHeader(header) : { anchor: 0, positive: 1, negative: 2 });
  const drafts: Draft[] = [];
  for (const { line, cells } of hasHeader ? rows.slice(1) : rows) {
    const draft: Partial<Record<Role, string>> = {};
    for (const role of ROLES) {
      const column = columns[role];
      if (column !== undefined && cells[column]) draft[role] = cells[column];
    }
    if (draft.anchor === undefined) report(line, `column ${(columns.anchor ?? 0) + 1} (anchor) is empty`);
    else if (
      draft.positive === undefined &&
      columns.positive !== undefined &&
      (rows[0]?.cells.length ?? 0) > 1
    ) {
      report(line, `column ${columns.positive + 1} (positive) is empty`);
    } else drafts.push({ ...draft, anchor: draft.anchor, line });
  }
  return { format: 'columns', drafts };
}

function fromHeader(header: (Role | undefined)[]): ColumnMapping {
  const columns: ColumnMapping = {};
  header.forEach((role, column) => {
    if (role) columns[role] ??= column;
  });
  return columns;
}
