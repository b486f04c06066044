// Ways to spoil a copy of the corpora, so that a rule of the checker breaks.
import { jaccard, tokensOf, type CorpusGroup, type Texts } from './read.ts';

/** Changes the text of files. */
export type Spoil = (texts: Texts) => void;

export function linesOf(texts: Texts, name: string): string[] {
  return texts[name]!.trimEnd().split('\n');
}

function setLines(texts: Texts, name: string, lines: string[]): void {
  texts[name] = lines.map((line) => `${line}\n`).join('');
}

export function setLine(name: string, index: number, line: string): Spoil {
  return (texts) => setLines(texts, name, linesOf(texts, name).with(index, line));
}

export function dropLast(name: string): Spoil {
  return (texts) => setLines(texts, name, linesOf(texts, name).slice(0, -1));
}

export function groupsOf(texts: Texts, name: string): CorpusGroup[] {
  return linesOf(texts, name).map((line) => JSON.parse(line) as CorpusGroup);
}

export function changeGroups(name: string, change: (group: CorpusGroup, index: number) => object): Spoil {
  return (texts) =>
    setLines(
      texts,
      name,
      groupsOf(texts, name).map((group, i) => JSON.stringify({ ...group, ...change(group, i) })),
    );
}

export function changeGroup(name: string, index: number, change: (group: CorpusGroup) => object): Spoil {
  return changeGroups(name, (group, i) => (i === index ? change(group) : {}));
}

export interface PairRow {
  score: string;
  first: string;
  second: string;
}

export function changePairs(name: string, change: (rows: PairRow[]) => PairRow[]): Spoil {
  return (texts) => {
    const rows = linesOf(texts, name).map((line): PairRow => {
      const [score, first, second] = line.split('\t');
      return { score: score!, first: first!, second: second! };
    });
    setLines(
      texts,
      name,
      change(rows).map(({ score, first, second }) => [score, first, second].join('\t')),
    );
  };
}

export function changePair(name: string, index: number, change: Partial<PairRow>): Spoil {
  return changePairs(name, (rows) => rows.with(index, { ...rows[index]!, ...change }));
}

export function overlap(a: string, b: string): number {
  return jaccard(new Set(tokensOf(a)), new Set(tokensOf(b)));
}
