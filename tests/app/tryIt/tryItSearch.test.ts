// Search: the right ranks before and now, encoded no more often than needed, and honest about mixed weights.
import { describe, expect, it } from 'vitest';
import { candidatesOf, SearchIndex, type Candidate, type Encode } from '../../../src/app/desk/tryItSearch.ts';
import { matrixFromRows } from '../../../src/metrics/vectors.ts';

const sentence = (text: string, id = text): Candidate => ({ id, text, role: 'anchor' });

/** An encoder whose embeddings stand in the sentence: "before|now" as angles in degrees. */
function spoken() {
  const calls: string[][] = [];
  let revision = 0;
  const at = (degrees: string) => [
    Math.cos((Number(degrees) * Math.PI) / 180),
    Math.sin((Number(degrees) * Math.PI) / 180),
  ];
  const encode: Encode = async (sentences) => {
    calls.push(sentences);
    return {
      before: matrixFromRows(sentences.map((s) => at(s.split('|')[0]!))),
      now: matrixFromRows(sentences.map((s) => at(s.split('|')[1]!))),
    };
  };
  return { calls, encode, revision: () => revision, train: () => revision++ };
}

const exact = (revision: () => number) => ({ revision, dropped: () => false, maxAge: 0 });
const corpus = ['10|80', '20|10', '60|20', '70|30', '80|40', '90|50', '5|60'].map((text) => sentence(text));

describe('SearchIndex', () => {
  it('ranks by cosine now and says what each rank was before', async () => {
    const { encode, revision } = spoken();
    const result = await new SearchIndex(encode).search('0|0', corpus, exact(revision));
    expect(result!.hits.map(({ text, rankBefore, rankNow }) => [text, rankBefore, rankNow])).toEqual([
      ['20|10', 3, 1],
      ['60|20', 4, 2],
      ['70|30', 5, 3],
      ['80|40', 6, 4],
      ['90|50', 7, 5],
    ]);
    expect(result!.hits[0]!.now).toBeCloseTo(Math.cos(Math.PI / 18), 12);
    expect(result!.hits[0]!.before).toBeCloseTo(Math.cos(Math.PI / 9), 12);
    expect(result!.searched).toBe(7);
  });

  it('does not find the query itself', async () => {
    const { encode, revision } = spoken();
    const result = await new SearchIndex(encode).search('10|80', corpus, exact(revision));
    expect(result!.hits.map(({ text }) => text)).not.toContain('10|80');
  });

  it('encodes a sentence once for the same weights, and again when they have changed', async () => {
    const { calls, encode, revision, train } = spoken();
    const index = new SearchIndex(encode);
    await index.search('0|0', corpus, exact(revision));
    expect(calls.flat()).toHaveLength(8);
    await index.search('1|1', corpus, exact(revision));
    expect(calls.flat()).toHaveLength(9);
    train();
    const result = await index.search('1|1', corpus, exact(revision));
    expect(calls.flat()).toHaveLength(17);
    expect([result!.from, result!.to]).toEqual([1, 1]);
  });

  it('says when weights of several steps took part', async () => {
    const { encode, revision, train } = spoken();
    const many = Array.from({ length: 200 }, (_, i) => sentence(`${i}|${i}`));
    const training: Encode = async (sentences) => {
      const reply = await encode(sentences);
      train();
      return reply;
    };
    const result = await new SearchIndex(training).search('0|1', many, exact(revision));
    expect(result!.from).toBe(0);
    expect(result!.to).toBeGreaterThan(1);
  });

  it('lives with embeddings of a moment ago while training, and says so', async () => {
    const { calls, encode, revision, train } = spoken();
    let time = 0;
    const index = new SearchIndex(encode, () => time);
    await index.search('0|0', corpus, exact(revision));
    train();
    time = 3000;
    const result = await index.search('0|0', corpus, { ...exact(revision), maxAge: 5000 });
    expect(calls.flat()).toHaveLength(8);
    expect([result!.from, result!.to]).toEqual([0, 0]);
    time = 9000;
    await index.search('0|0', corpus, { ...exact(revision), maxAge: 5000 });
    expect(calls.flat()).toHaveLength(16);
  });

  it('stops between chunks when dropped, and hands on what the encoder says', async () => {
    const { calls, encode, revision } = spoken();
    const many = Array.from({ length: 500 }, (_, i) => sentence(`${i}|${i}`));
    const dropped = () => calls.length >= 2;
    expect(await new SearchIndex(encode).search('0|1', many, { ...exact(revision), dropped })).toBeNull();
    expect(calls).toHaveLength(2);
    const broken: Encode = async () => Promise.reject(new Error('The encoder is gone.'));
    await expect(new SearchIndex(broken).search('0|1', many, exact(revision))).rejects.toThrow(
      'The encoder is gone.',
    );
  });

  it('leaves out sentences whose embeddings are not numbers', async () => {
    const { encode, revision } = spoken();
    const result = await new SearchIndex(encode).search('0|0', [...corpus, sentence('x|x')], exact(revision));
    expect(result!.hits.every(({ now }) => Number.isFinite(now))).toBe(true);
    expect(result!.hits).toHaveLength(5);
  });
});

describe('candidatesOf', () => {
  it('names no text twice', () => {
    expect(
      candidatesOf([sentence('a', '1'), sentence('b', '2'), sentence('a', '3')]).map(({ text }) => text),
    ).toEqual(['a', 'b']);
  });

  it('keeps the newest of too many, and samples the rest evenly', () => {
    const many = Array.from({ length: 6000 }, (_, i) => sentence(`s${i}`));
    const kept = candidatesOf(many, 2000);
    expect(kept).toHaveLength(2000);
    expect(new Set(kept.map(({ text }) => text)).size).toBe(2000);
    expect(kept.slice(-100)).toEqual(many.slice(-100));
    const third = kept
      .slice(0, 1900)
      .filter((_, i) => i < 633)
      .at(-1)!;
    expect(Number(third.id.slice(1))).toBeLessThan(2000);
  });
});
