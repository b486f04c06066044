// What the checker measures beside real data, when SEMBLANCE_DATA names a folder that holds some: vocabulary, match
// error rates, and whether a sentence of ours stands in it. Without the folder our own numbers stand alone.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readGroups } from '../../src/data/formats/groups.ts';
import { readScoredPairs } from '../../src/data/formats/scoredPairs.ts';
import { textLines } from '../../src/data/formats/table.ts';
import type { ScoredPair } from '../../src/data/group.ts';
import { matchErrorRate } from '../../src/metrics/matchErrorRate.ts';
import { Failure } from '../../src/util/failure.ts';
import { Random } from '../../src/util/random.ts';
import { mean } from '../../src/util/statistics.ts';
import { domainSentences, DOMAINS, normalised, tokensOf, type CorpusFile, type Sentence } from './read.ts';

export interface Shown {
  title: string;
  /** The first is the head. */
  rows: string[][];
}

const SAMPLE = { sentences: 3000, tokens: 15_000 };
const COPY_FOLDERS = ['wiki', 'nli', 'sts', 'transfer'];
const REAL = { wiki: 'wiki/sentences.txt', snli: 'nli/snli-dev.tsv', stsb: 'sts/stsb/dev.tsv' };

/** A file of the real data. @throws Failure when the folder does not hold it. */
function realText(data: string, name: string): string {
  const path = join(data, name);
  if (!existsSync(path)) throw new Failure(`SEMBLANCE_DATA is set, but there is no ${path}.`);
  return readFileSync(path, 'utf8');
}

/** Vocabulary of samples of equal size. Type/token falls with length, so the last column takes as many tokens of each. */
export function vocabulary(files: readonly CorpusFile[], data: string | undefined): Shown {
  const texts = (sentences: readonly Sentence[]) => sentences.map(({ text }) => text);
  const sources: [string, string[]][] = [
    ...DOMAINS.map((domain): [string, string[]] => [domain, texts(domainSentences(files, domain))]),
    ...files
      .filter(({ kind }) => kind === 'plain')
      .map((file): [string, string[]] => [file.name, texts(file.sentences)]),
  ];
  if (data !== undefined) {
    const lines = textLines(realText(data, REAL.wiki)).map(({ text }) => text);
    const premises = textLines(realText(data, REAL.snli)).map(({ text }) => text.split('\t')[1] ?? '');
    sources.push(['wiki', lines], ['SNLI premises', premises]);
  }
  return {
    title: `Vocabulary of up to ${SAMPLE.sentences} sentences drawn at random`,
    rows: [
      ['', 'sentences', 'tokens', 'types', 'type/token', `types in ${SAMPLE.tokens} tokens`],
      ...sources.map(([name, all]) => [name, ...vocabularyCells(all)]),
    ],
  };
}

function vocabularyCells(all: readonly string[]): string[] {
  const drawn = Random.seeded(0)
    .fork('vocabulary')
    .shuffled([...new Set(all)])
    .slice(0, SAMPLE.sentences);
  const tokens = drawn.flatMap(tokensOf);
  const types = new Set(tokens).size;
  const atEqualSize = new Set(tokens.slice(0, SAMPLE.tokens)).size;
  return [
    String(drawn.length),
    String(tokens.length),
    String(types),
    (types / tokens.length).toFixed(3),
    tokens.length < SAMPLE.tokens ? '-' : String(atEqualSize),
  ];
}

type Pair = [string, string];

/** Mean match error rate of positive and of negative pairs; of scored pairs those >= 4 and those <= 1. */
export function errorRates(files: readonly CorpusFile[], data: string | undefined): Shown {
  const row = (name: string, positive: Pair[], negative: Pair[]) => [
    name,
    String(positive.length),
    meanRate(positive),
    String(negative.length),
    meanRate(negative),
  ];
  const ofGroups = (name: string, groups: { anchor: string; positive?: string; negative?: string }[]) =>
    row(
      name,
      groups.flatMap(({ anchor, positive }): Pair[] => (positive ? [[anchor, positive]] : [])),
      groups.flatMap(({ anchor, negative }): Pair[] => (negative ? [[anchor, negative]] : [])),
    );
  const ofPairs = (name: string, pairs: ScoredPair[]) => {
    const side = (keep: (score: number) => boolean) =>
      pairs.filter(({ score }) => keep(score)).map(({ first, second }): Pair => [first, second]);
    return row(
      name,
      side((score) => score >= 4),
      side((score) => score <= 1),
    );
  };
  const rows = [['', 'positives', 'mean', 'negatives', 'mean']];
  for (const file of files)
    if (file.kind === 'pairs') rows.push(ofPairs(file.name, file.pairs));
    else if (file.kind !== 'plain') rows.push(ofGroups(file.name, file.groups));
  if (data !== undefined) {
    rows.push(ofGroups('SNLI dev', readGroups(REAL.snli, realText(data, REAL.snli)).groups));
    rows.push(ofPairs('STS-B dev', readScoredPairs(REAL.stsb, realText(data, REAL.stsb)).pairs));
  }
  return { title: 'Match error rate on words (0 the same, 1 no word retained)', rows };
}

function meanRate(pairs: readonly Pair[]): string {
  return pairs.length === 0 ? '-' : mean(pairs.map(([a, b]) => matchErrorRate(a, b).mer ?? 0)).toFixed(3);
}

/** Sentences of ours that stand in the real data, and how many lines of it were read. */
export function copies(
  sentences: readonly Sentence[],
  data: string,
): { violations: string[]; lines: number } {
  const ours = new Map(sentences.map((sentence) => [normalised(sentence.text), sentence]));
  const violations: string[] = [];
  let lines = 0;
  for (const name of COPY_FOLDERS.flatMap((folder) => filesUnder(data, folder))) {
    for (const { line, text } of textLines(readFileSync(join(data, name), 'utf8'))) {
      lines++;
      for (const cell of text.split('\t')) {
        const own = ours.get(normalised(cell));
        if (own) violations.push(`${own.at} stands in ${name}:${line}: ${own.text}`);
      }
    }
  }
  return { violations, lines };
}

function filesUnder(data: string, folder: string): string[] {
  if (!existsSync(join(data, folder))) return [];
  return readdirSync(join(data, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesUnder(data, name);
    return /\.(tsv|txt)$/.test(entry.name) ? [name] : [];
  });
}
