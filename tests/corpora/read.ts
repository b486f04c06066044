// The bundled corpora as the checker sees them: every file's lines, groups, pairs and sentences, each with its place.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { textLines, tsvRows } from '../../src/data/formats/table.ts';
import { groupSchema, type ScoredPair } from '../../src/data/group.ts';
import { ROLES } from '../../src/run/roles.ts';
import { messageOf } from '../../src/util/failure.ts';

export type Kind = 'plain' | 'sts' | 'nli' | 'sup' | 'pairs';
export const DOMAINS = ['encyclopedia', 'scenes'] as const;

export const FILES: readonly { name: string; folder: (typeof DOMAINS)[number] | 'sts'; kind: Kind }[] = [
  { name: 'encyclopedia/plain.txt', folder: 'encyclopedia', kind: 'plain' },
  { name: 'encyclopedia/sts.jsonl', folder: 'encyclopedia', kind: 'sts' },
  { name: 'encyclopedia/nli.jsonl', folder: 'encyclopedia', kind: 'nli' },
  { name: 'scenes/plain.txt', folder: 'scenes', kind: 'plain' },
  { name: 'scenes/sts.jsonl', folder: 'scenes', kind: 'sts' },
  { name: 'scenes/nli.jsonl', folder: 'scenes', kind: 'nli' },
  { name: 'scenes/sup.jsonl', folder: 'scenes', kind: 'sup' },
  { name: 'sts/dev.tsv', folder: 'sts', kind: 'pairs' },
  { name: 'sts/test.tsv', folder: 'sts', kind: 'pairs' },
];

const bundled = groupSchema
  .required({ id: true, positive: true, negative: true, by: true })
  .extend({ source: z.literal('bundled') });
const SCHEMAS = {
  sts: bundled
    .required({ intermediate: true })
    .extend({ pattern: z.literal('sts') })
    .strict(),
  nli: bundled
    .omit({ intermediate: true })
    .extend({ pattern: z.literal('nli') })
    .strict(),
  sup: bundled
    .omit({ intermediate: true })
    .extend({ pattern: z.literal('sup') })
    .strict(),
};
export type CorpusGroup = z.infer<typeof bundled>;

export interface Sentence {
  text: string;
  /** "scenes/sts.jsonl:12 positive" */
  at: string;
  /** What it was written together with: "scenes/sts.jsonl:12". */
  unit: string;
  tokens: ReadonlySet<string>;
}

export interface CorpusFile {
  name: string;
  folder: string;
  kind: Kind;
  /** Lines that are not blank, usable or not. */
  lines: number;
  sentences: Sentence[];
  groups: CorpusGroup[];
  pairs: ScoredPair[];
  /** Lines that cannot be used, with the reason. */
  errors: string[];
}

/** The text of every file, by its name; a file that is not there has no text. */
export type Texts = Record<string, string>;

export function readTexts(folder: string): Texts {
  const text = (name: string) =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '';
  return Object.fromEntries(FILES.map(({ name }) => [name, text(name)]));
}

export function readFiles(texts: Texts): CorpusFile[] {
  return FILES.map(({ name, folder, kind }) => {
    const text = texts[name] ?? '';
    const lines = textLines(text);
    const file = {
      name,
      folder,
      kind,
      lines: lines.length,
      sentences: [],
      groups: [],
      pairs: [],
      errors: [],
    };
    if (kind === 'pairs') readPairs(file, text);
    else if (kind === 'plain')
      for (const { line, text: content } of lines) addSentence(file, line, '', content.trim());
    else for (const { line, text: content } of lines) readGroup(file, SCHEMAS[kind], line, content);
    return file;
  });
}

function readGroup(file: CorpusFile, schema: z.ZodType<CorpusGroup>, line: number, content: string): void {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    file.errors.push(`${file.name}:${line} is not JSON (${messageOf(error)})`);
    return;
  }
  const { data: group, error } = schema.safeParse(value);
  if (!group) {
    const issue = error.issues[0]!;
    file.errors.push(`${file.name}:${line} ${issue.path.join('.')}: ${issue.message}`);
    return;
  }
  file.groups.push(group);
  for (const role of ROLES) if (group[role] !== undefined) addSentence(file, line, role, group[role]);
}

function readPairs(file: CorpusFile, text: string): void {
  for (const { line, cells } of tsvRows(text)) {
    const [score, first, second] = cells;
    if (cells.length !== 3 || !score || !first || !second || Number.isNaN(Number(score))) {
      file.errors.push(`${file.name}:${line} is not score, sentence, sentence`);
      continue;
    }
    file.pairs.push({ score: Number(score), first, second });
    addSentence(file, line, 'first', first);
    addSentence(file, line, 'second', second);
  }
}

function addSentence(file: CorpusFile, line: number, role: string, text: string): void {
  const unit = `${file.name}:${line}`;
  file.sentences.push({ text, at: `${unit} ${role}`.trim(), unit, tokens: new Set(tokensOf(text)) });
}

/**
 * The sentences of a domain, each once: a plain sentence that is the anchor of a group is that anchor, but only the
 * first time it stands there.
 */
export function domainSentences(files: readonly CorpusFile[], domain: string): Sentence[] {
  const own = files.filter(({ folder }) => folder === domain);
  const anchors = new Set(own.flatMap(({ groups }) => groups.map(({ anchor }) => anchor)));
  const plain = own.filter(({ kind }) => kind === 'plain').flatMap(({ sentences }) => sentences);
  return [
    ...own.filter(({ kind }) => kind !== 'plain').flatMap(({ sentences }) => sentences),
    ...plain.filter(({ text }) => !anchors.delete(text)),
  ];
}

/** Lower-cased words; what overlap, openings and vocabulary are counted in. */
export function tokensOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[a-z0-9']+/g) ?? []
  );
}

/** Lower-cased, with single spaces: two sentences that look like this are the same. */
export function normalised(text: string): string {
  return text.toLowerCase().trim().replace(/\s+/g, ' ');
}

export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const token of a) if (b.has(token)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}
