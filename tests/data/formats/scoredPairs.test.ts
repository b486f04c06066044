// Evaluation data decides what the curves say: the score must come from the right column, within its range, and a bad
// line must be reported rather than counted.
import { describe, expect, it } from 'vitest';
import { readScoredPairs } from '../../../src/data/formats/scoredPairs.ts';
import { Failure } from '../../../src/util/failure.ts';

const rows = (file: string, text: string) =>
  readScoredPairs(file, text).pairs.map(({ score, first, second }) => [score, first, second]);

const errors = (file: string, text: string) =>
  readScoredPairs(file, text).errors.map(({ line, reason }) => `${line}: ${reason}`);

describe('TSV', () => {
  it('has the score first; quotes and commas are ordinary characters', () => {
    expect(rows('dev.tsv', '\uFEFF5.0\t"A" man, he said\t"open\r\n\r\n0\tb\tc\r\n')).toEqual([
      [5, '"A" man, he said', '"open'],
      [0, 'b', 'c'],
    ]);
  });

  it('may have the score last, and may have a header', () => {
    expect(rows('dev.tsv', 'a\tb\t4.5\nc\td\t1')).toEqual([
      [4.5, 'a', 'b'],
      [1, 'c', 'd'],
    ]);
    expect(rows('sick.tsv', 'pair_ID\tsentence_A\tsentence_B\trelatedness_score\n1\ta\tb\t4.5')).toEqual([
      [4.5, 'a', 'b'],
    ]);
  });

  it('is what a file without a known ending is taken for', () => {
    expect(rows('dev', '3\ta\tb')).toEqual([[3, 'a', 'b']]);
  });
});

describe('STS-B CSV', () => {
  it('is read with and without its header', () => {
    const body = '"A plane, taking off.","He said ""hi"".",5.0\na,b,0.6\n';
    const expected = [
      [5, 'A plane, taking off.', 'He said "hi".'],
      [0.6, 'a', 'b'],
    ];
    expect(rows('stsb.csv', body)).toEqual(expected);
    expect(rows('stsb.CSV', `sentence1,sentence2,similarity_score\n${body}`)).toEqual(expected);
    expect(rows('stsb.csv', 'Score,S1,S2\n3,a,b')).toEqual([[3, 'a', 'b']]);
  });

  it('is read in its original form: tabs, no quoting, the score fifth', () => {
    const text = [
      'main-captions\tMSRvid\t2012test\t0001\t5.000\tA plane, say, is taking off.\t"An air plane" is taking off.',
      'main-forums\tdeft-forum\t2014\t0002\t0.600\t"open quote\tb\tsource one\tsource two',
    ].join('\n');
    expect(rows('sts-dev.csv', text)).toEqual([
      [5, 'A plane, say, is taking off.', '"An air plane" is taking off.'],
      [0.6, '"open quote', 'b'],
    ]);
    expect(rows('sts-dev.tsv', text)).toHaveLength(2);
  });
});

describe('bad lines', () => {
  it('are reported with number and reason, and the rest is used', () => {
    const text = [
      '4\ta\tb',
      'high\ta\tb',
      '5.1\ta\tb',
      '-1\ta\tb',
      '3\ta',
      '',
      '3\ta\t',
      'NaN\ta\tb',
      '\ta\tb',
      'Infinity\ta\tb',
      'line',
      '2\tc\td',
    ].join('\n');
    expect(rows('dev.tsv', text)).toEqual([
      [4, 'a', 'b'],
      [2, 'c', 'd'],
    ]);
    expect(errors('dev.tsv', text)).toEqual([
      '2: score "high" is not a number',
      '3: score 5.1 is out of range (0 to 5)',
      '4: score -1 is out of range (0 to 5)',
      '5: 2 columns instead of score, sentence, sentence',
      '7: a sentence is missing',
      '8: score "NaN" is not a number',
      '9: score "" is not a number',
      '10: score "Infinity" is not a number',
      '11: 1 column instead of score, sentence, sentence',
    ]);
  });

  it('are numbered by the line they begin on, in order', () => {
    const text = 's1,s2,score\n"a\nb",c,9\nd,e,1\n"open,f,2\ng,h,10\n';
    expect(rows('dev.csv', text)).toEqual([[1, 'd', 'e']]);
    expect(errors('dev.csv', text)).toEqual([
      '2: score 9 is out of range (0 to 5)',
      '5: a quote is opened and not closed',
      '6: score 10 is out of range (0 to 5)',
    ]);
  });

  it('carry the name of their file', () => {
    expect(readScoredPairs('sts/dev.tsv', '1\ta\tb\nx').errors).toEqual([
      { file: 'sts/dev.tsv', line: 2, reason: '1 column instead of score, sentence, sentence' },
    ]);
  });
});

describe('a file without a pair', () => {
  it('is refused with its first reason', () => {
    expect(() => readScoredPairs('plain.txt', 'A man.\nA dog.')).toThrow(
      new Failure(
        'plain.txt holds no scored pair (line 1: 1 column instead of score, sentence, sentence); expected score, sentence, sentence.',
      ),
    );
    expect(() => readScoredPairs('a.tsv', 'score\ts1\ts2\n')).toThrow(/no scored pair \(line 1: nothing\)/);
    expect(() => readScoredPairs('a.csv', ',,\n,\n')).toThrow(/no scored pair \(line 1: nothing\)/);
  });

  it('is refused when it is empty or not text', () => {
    expect(() => readScoredPairs('a.tsv', '\uFEFF \n')).toThrow(new Failure('a.tsv is empty.'));
    expect(() => readScoredPairs('a.tsv', '1\ta\u0000\tb')).toThrow(/^a.tsv is not a text file/);
  });
});
