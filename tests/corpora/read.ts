// The bundled corpora as the checker sees them: every file's lines, groups, pairs and sentences, each with its place.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { textLines, tsvRows } from '../../src/data/formats/table.ts';
import { groupSchema, type ScoredPair } from '../../src/data/group.ts';
import { ROLES } from '../../src/run/roles.ts';
import { messageOf } from '../../src/util/failure.ts';

export type Kind = 'plain' | 'anchors' | 'sts' | 'nli' | 'sup' | 'probe' | 'pairs';
export const DOMAINS = ['encyclopedia', 'scenes'] as const;

/** The files of a domain. */
const DOMAIN_FILES: readonly { file: string; kind: Kind }[] = [
  { file: 'plain.txt', kind: 'plain' },
  { file: 'anchors.txt', kind: 'anchors' },
  { file: 'sts.jsonl', kind: 'sts' },
  { file: 'nli.jsonl', kind: 'nli' },
  { file: 'sup.jsonl', kind: 'sup' },
  { file: 'probe.jsonl', kind: 'probe' },
];

export const FILES: readonly { name: string; folder: (typeof DOMAINS)[number] | 'sts'; kind: Kind }[] = [
  ...DOMAINS.flatMap((folder) =>
    DOMAIN_FILES.map(({ file, kind }) => ({ name: `${folder}/${file}`, folder, kind })),
  ),
  { name: 'sts/dev.tsv', folder: 'sts', kind: 'pairs' },
  { name: 'sts/test.tsv', folder: 'sts', kind: 'pairs' },
];

const bundled = groupSchema
  .required({ id: true, positive: true, negative: true, by: true })
  .extend({ source: z.literal('bundled') });
const fourLevels = bundled
  .required({ intermediate: true, grade: true })
  .extend({ pattern: z.literal('sts') })
  .strict();
const triple = bundled.omit({ intermediate: true, grade: true });
const SCHEMAS = {
  sts: fourLevels,
  probe: fourLevels,
  nli: triple.extend({ pattern: z.literal('nli') }).strict(),
  sup: triple.extend({ pattern: z.literal('sup') }).strict(),
};
export type CorpusGroup = z.infer<typeof bundled>;

export interface Sentence {
  text: string;
  /** "scenes/sts.jsonl:12 positive" */
  at: string;
  /** The line that it stands in: "scenes/sts.jsonl:12". */
  line: string;
  /** What it was written together with: the anchor of its group, in whatever pattern, or its line. */
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
    else if (kind === 'plain' || kind === 'anchors')
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
  const unit = `${file.folder}: ${group.anchor}`;
  for (const role of ROLES) if (group[role] !== undefined) addSentence(file, line, role, group[role], unit);
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

function addSentence(file: CorpusFile, number: number, role: string, text: string, unit?: string): void {
  const line = `${file.name}:${number}`;
  const tokens = new Set(tokensOf(text));
  file.sentences.push({ text, at: `${line} ${role}`.trim(), line, unit: unit ?? line, tokens });
}

/**
 * The sentences of a domain, each once: the anchors of all patterns are the same sentences, which are plain sentences
 * too; only the first place where an anchor stands in a file counts.
 */
export function domainSentences(files: readonly CorpusFile[], domain: string): Sentence[] {
  const own = files.filter(({ folder, kind }) => folder === domain && kind !== 'anchors');
  const known = new Set<string>();
  return own
    .toSorted((a, b) => Number(a.kind === 'plain') - Number(b.kind === 'plain'))
    .flatMap(({ kind, groups, sentences }) => {
      const anchors = new Set(kind === 'plain' ? known : groups.map(({ anchor }) => anchor));
      const elsewhere = new Set([...anchors].filter((anchor) => known.has(anchor)));
      for (const anchor of anchors) known.add(anchor);
      return sentences.filter(({ text }) => !elsewhere.delete(text));
    });
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
