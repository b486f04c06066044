// People bring corpora in every shape there is. Each documented format must become the groups it says, a bad line must
// be reported with its number while the rest is used, and nothing may crash.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsScoredPairs, readGroups, type ReadOptions } from '../../../src/data/formats/groups.ts';
import { patternOf, type Group } from '../../../src/data/group.ts';
import { ROLES } from '../../../src/run/roles.ts';
import { Failure } from '../../../src/util/failure.ts';

fc.configureGlobal({ seed: 22, numRuns: 300 });

const json = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

/** The sentences of the groups, in the order of their roles. */
const sentencesOf = (groups: readonly Group[]) =>
  groups.map((group) => ROLES.flatMap((role) => (group[role] === undefined ? [] : [group[role]])));

const read = (file: string, text: string, options?: ReadOptions) => {
  const { groups, errors, format } = readGroups(file, text, options);
  return {
    groups,
    format,
    sentences: sentencesOf(groups),
    patterns: groups.map(({ pattern }) => pattern),
    ids: groups.map(({ id }) => id),
    errors: errors.map(({ line, reason }) => `${line}: ${reason}`),
  };
};

describe('group JSONL', () => {
  it('keeps everything that a line says', () => {
    const full: Group = {
      id: 'mine-1',
      anchor: 'A dog runs.',
      positive: 'A dog is running.',
      intermediate: 'An animal moves.',
      negative: 'A cat sleeps.',
      pattern: 'sts',
      source: 'llm',
      by: 'some model',
    };
    expect(readGroups('data/sts.jsonl', json(full))).toEqual({
      groups: [full],
      errors: [],
      format: 'group-jsonl',
    });
  });

  it('fills in what a line leaves out: an id from file and line, the pattern from the sentences', () => {
    const text = json({ anchor: 'a' }, { anchor: 'b', positive: 'c' }, { anchor: 'd', intermediate: 'e' });
    const { groups, ids, patterns } = read('some/folder.v2/mine.jsonl', text);
    expect(ids).toEqual(['mine:1', 'mine:2', 'mine:3']);
    expect(patterns).toEqual(['plain', 'nli', 'sts']);
    expect(groups.every(({ source }) => source === 'file')).toBe(true);
    const given = read('a.jsonl', text, { pattern: 'sup', source: 'typed' });
    expect(given.patterns, 'a sentence alone is plain, whatever was asked for').toEqual([
      'plain',
      'sup',
      'sts',
    ]);
    expect(given.groups.every(({ source }) => source === 'typed')).toBe(true);
  });

  it('reports bad lines by number and uses the rest', () => {
    const text = [
      json({ anchor: ' good ' }),
      '{"anchor": "cut of',
      '',
      '[1, 2]',
      'null',
      json({ positive: 'no anchor' }),
      json({ anchor: '  ' }),
      json({ anchor: 'a', positive: 3 }),
      json({ anchor: 'a', pattern: 'rocket' }),
      json({ anchor: 'also good' }),
    ].join('\r\n');
    const { ids, sentences, errors } = read('mine.jsonl', `\uFEFF${text}`);
    expect(sentences).toEqual([['good'], ['also good']]);
    expect(ids).toEqual(['mine:1', 'mine:10']);
    expect(errors).toEqual([
      expect.stringMatching(/^2: not JSON \(.+\)$/),
      expect.stringMatching(/^4: line .*object/),
      expect.stringMatching(/^5: line .*object/),
      expect.stringMatching(/^6: anchor /),
      '7: anchor is empty',
      expect.stringMatching(/^8: positive .*string/),
      expect.stringMatching(/^9: pattern .*"nli"/),
    ]);
  });

  it('is known by its first character where the name does not tell', () => {
    expect(read('upload', json({ anchor: 'a' })).format).toBe('group-jsonl');
    expect(read('notes.txt', '{not JSON} is a sentence').sentences).toEqual([['{not JSON} is a sentence']]);
  });
});

describe('hybrid JSONL', () => {
  const row = (split: string, ...sentences: (string | null)[]) => {
    const [sentence, ...levels] = sentences;
    const keys = ['5', '4', '3', '2', '1', '0'];
    return { split, sentence, ...Object.fromEntries(keys.map((key, i) => [key, levels[i] ?? ''])) };
  };

  it('gives one to four sentences their roles, as the paper does', () => {
    const { groups, patterns, format } = read(
      'wiki.jsonl',
      json(
        row('other', 'plain'),
        row('aigen', 'a', 'positive'),
        row('aigen', 'a', 'positive', 'negative'),
        row('aigen', 'a', 'positive', 'intermediate', 'negative'),
        row('other', 'premise', 'entailed', 'contradicted'),
      ),
    );
    expect(format).toBe('hybrid-jsonl');
    expect(patterns).toEqual(['plain', 'nli', 'nli', 'sts', 'sup']);
    expect(
      groups.map(({ anchor, positive, intermediate, negative }) => [
        anchor,
        positive,
        intermediate,
        negative,
      ]),
    ).toEqual([
      ['plain', undefined, undefined, undefined],
      ['a', 'positive', undefined, undefined],
      ['a', 'positive', undefined, 'negative'],
      ['a', 'positive', 'intermediate', 'negative'],
      ['premise', 'entailed', undefined, 'contradicted'],
    ]);
  });

  it('takes empty, blank and null sentences for none, whichever keys they have', () => {
    const text = json({ split: 'aigen', sentence: 'a', '5': null, '4': ' p ', '2': '', '0': 'n' });
    expect(read('wiki.jsonl', text).sentences).toEqual([['a', 'p', 'n']]);
  });

  it('reports bad lines and uses the rest', () => {
    const text = json(
      row('aigen', 'a', 'p', 'n'),
      row('human', 'a', 'p'),
      { split: 'other' },
      { split: 'aigen', sentence: 'a', '5': 5 },
      row('other', ' '),
    );
    const { sentences, errors } = read('wiki.jsonl', text);
    expect(sentences).toEqual([['a', 'p', 'n']]);
    expect(errors).toEqual([
      expect.stringMatching(/^2: split .*"other"/),
      expect.stringMatching(/^3: sentence /),
      expect.stringMatching(/^4: 5 .*string/),
      '5: sentence is empty',
    ]);
  });

  it('is not seen in a group that happens to have a split', () => {
    const { sentences, errors } = read('a.jsonl', json({ anchor: 'a', positive: 'b', split: 'train' }));
    expect([sentences, errors]).toEqual([[['a', 'b']], []]);
  });
});

describe('NLI TSV', () => {
  it('makes one group of a premise: first entailed, first contradicted hypothesis', () => {
    const { sentences, patterns, ids, format } = read(
      'snli.tsv',
      [
        'neutral\tA\tn1',
        'contradiction\tA\tc1',
        'entailment\tB\te2',
        'entailment\tA\te1',
        'entailment\tA\te1 again',
        'Contradiction\tA\tc1 again',
        '-\tB\tnobody agreed',
        'neutral\tC\tnothing entailed',
      ].join('\n'),
    );
    expect(format).toBe('nli-tsv');
    expect(sentences).toEqual([
      ['A', 'e1', 'c1'],
      ['B', 'e2'],
    ]);
    expect(patterns).toEqual(['nli', 'nli']);
    expect(ids).toEqual(['snli:1', 'snli:3']);
  });

  it('may have a header, and reports bad lines', () => {
    const { sentences, errors } = read(
      'snli.tsv',
      'gold_label\tsentence1\tsentence2\nentailment\t"A" is\the said "B"\nmaybe\tA\tB\nentailment\tA\n\nneutral\t\tB\n',
    );
    expect(sentences).toEqual([['"A" is', 'he said "B"']]);
    expect(errors).toEqual([
      '3: label "maybe" is none of entailment, neutral, contradiction',
      '4: premise or hypothesis is missing',
      '6: premise or hypothesis is missing',
    ]);
  });

  it('takes a bad first line for a bad line, not for a header', () => {
    expect(read('snli.tsv', 'maybe\tA\tB\nentailment\tA\tB').errors).toEqual([
      '1: label "maybe" is none of entailment, neutral, contradiction',
    ]);
  });
});

describe('SimCSE CSV and columns', () => {
  it("reads SimCSE's header, with commas, quotes and line ends in quoted sentences", () => {
    const text =
      '\uFEFFsent0,sent1,hard_neg\r\n"One, two","say ""hi""",no\r\n"over\r\ntwo lines",yes,no\r\nlast,yes,\r\n';
    const { sentences, ids, format } = read('nli_for_simcse.csv', text);
    expect(format).toBe('columns');
    expect(sentences).toEqual([
      ['One, two', 'say "hi"', 'no'],
      ['over\ntwo lines', 'yes', 'no'],
      ['last', 'yes'],
    ]);
    expect(ids).toEqual(['nli_for_simcse:2', 'nli_for_simcse:3', 'nli_for_simcse:5']);
  });

  it.each([
    [
      'a,b,c\nd,e,f',
      [
        ['a', 'b', 'c'],
        ['d', 'e', 'f'],
      ],
    ],
    [
      'a,b\nd,e',
      [
        ['a', 'b'],
        ['d', 'e'],
      ],
    ],
    ['anchor,positive\nd,e', [['d', 'e']]],
    ['negative,Sentence2,SENTENCE1\nn,p,a', [['a', 'p', 'n']]],
    ['premise,entailment,contradiction,other\na,p,n,x', [['a', 'p', 'n']]],
    ['anchor,positive,intermediate,negative\na,p,i,n', [['a', 'p', 'i', 'n']]],
    ['one\ntwo', [['one'], ['two']]],
  ])('reads %j with or without a header', (text, expected) => {
    expect(read('pairs.csv', text).sentences).toEqual(expected);
    expect(read('pairs.tsv', text.replaceAll(',', '\t')).sentences).toEqual(expected);
  });

  it('takes quotes in TSV for ordinary characters', () => {
    expect(read('pairs.tsv', '"open\tclosed"\n"a"\t"b, c"').sentences).toEqual([
      ['"open', 'closed"'],
      ['"a"', '"b, c"'],
    ]);
  });

  it('uses the columns it is given, whatever they hold', () => {
    const mapping = { anchor: 2, positive: 0 };
    expect(read('x.tsv', 'p\t4.5\ta\nq\t1\tb', { mapping }).sentences).toEqual([
      ['a', 'p'],
      ['b', 'q'],
    ]);
    expect(read('x.csv', 'label,sentence\nentailment,a', { mapping: { anchor: 1 } }).sentences).toEqual([
      ['a'],
    ]);
    expect(read('x.tsv', 'entailment\ta\tb', { mapping: { anchor: 1, negative: 2 } }).groups).toMatchObject([
      { anchor: 'a', negative: 'b', pattern: 'plain' },
    ]);
  });

  it('reports empty cells and open quotes, in the order of their lines', () => {
    const { sentences, errors } = read('a.csv', 'sent0,sent1\na,b\n,c\n"d,e\nf,\n"g\nh",i\n');
    expect(sentences).toEqual([
      ['a', 'b'],
      ['g\nh', 'i'],
    ]);
    expect(errors).toEqual([
      '3: column 1 (anchor) is empty',
      '4: a quote is opened and not closed',
      '5: column 2 (positive) is empty',
    ]);
  });

  it('knows scored pairs when it sees them, and says where they go', () => {
    for (const text of ['4.5\ta\tb\n0\tc\td', 'a\tb\t4.5\nc\td\t0']) {
      expect(holdsScoredPairs('dev.tsv', text)).toBe(true);
      expect(() => readGroups('dev.tsv', text)).toThrow(
        new Failure('dev.tsv holds scored pairs, not sentence groups; give it as evaluation data (--sts).'),
      );
    }
    expect(holdsScoredPairs('dev.txt', '4.5\ta\tb')).toBe(false);
    expect(holdsScoredPairs('years.tsv', '1984\tis a book\tnot a film\na\tb\tc\nd\te\tf')).toBe(false);
    expect(holdsScoredPairs('empty.tsv', '')).toBe(false);
    expect(read('years.tsv', '1984\tis a book\tnot a film\na\tb\tc\nd\te\tf').sentences).toHaveLength(3);
  });
});

describe('plain text', () => {
  it('is a sentence a line, whatever the line end', () => {
    const { sentences, ids, patterns, format } = read(
      'plain.txt',
      '\uFEFFOne.\r\n\r\n  Two, "2".\tstill two \rThree.',
    );
    expect(format).toBe('plain-text');
    expect(sentences).toEqual([['One.'], ['Two, "2".\tstill two'], ['Three.']]);
    expect(ids).toEqual(['plain:1', 'plain:3', 'plain:4']);
    expect(patterns).toEqual(['plain', 'plain', 'plain']);
  });
});

describe('a file with nothing to use', () => {
  it.each(['', '\uFEFF', ' \r\n\t\n'])('is refused when it is empty (%j)', (text) => {
    for (const file of ['a.txt', 'a.jsonl', 'a.csv', 'a.tsv', 'a']) {
      expect(() => readGroups(file, text)).toThrow(new Failure(`${file} is empty.`));
    }
  });

  it('is refused when it is not text', () => {
    expect(() => readGroups('a.jsonl', 'PK\u0003\u0004\u0000')).toThrow(/^a.jsonl is not a text file/);
  });

  it('gives no group and says why, when every line is bad', () => {
    expect(read('a.jsonl', 'x\ny')).toMatchObject({
      groups: [],
      errors: [/^1/, /^2/].map((r) => expect.stringMatching(r)),
    });
    expect(read('a.csv', 'sent0,sent1,hard_neg\n')).toMatchObject({ groups: [], errors: [] });
    expect(read('a.csv', ',,\n')).toMatchObject({ groups: [], errors: [] });
  });
});

describe('readGroups', () => {
  it('never crashes: whatever the text, each line becomes a group, an error or nothing', () => {
    const part = fc.constantFrom(
      ...[
        '{"anchor": "a"}',
        '{"split":"aigen","sentence":"s"}',
        'entailment',
        'sent0',
        '4.5',
        'a',
        '"',
        '""',
        '{',
        '}',
      ],
      ...['\t', ',', ';', '\n', '\r\n', '\r', ' ', '\uFEFF', '-', 'label', '[', 'é', '雪'],
    );
    const text = fc.array(part, { minLength: 1, maxLength: 30 }).map((parts) => parts.join(''));
    const file = fc.constantFrom('a.jsonl', 'a.json', 'a.csv', 'a.tsv', 'a.txt', 'a');
    fc.assert(
      fc.property(file, text, (name, content) => {
        const lines = content.split(/\r\n|\n|\r/).length;
        try {
          const { groups, errors } = readGroups(name, content);
          expect(groups.length + errors.length).toBeLessThanOrEqual(lines);
          for (const group of groups) expect(group.anchor.trim()).not.toBe('');
          for (const { line } of errors) expect(line).toBeLessThanOrEqual(lines);
          expect(errors.map(({ line }) => line)).toEqual(
            errors.map(({ line }) => line).sort((a, b) => a - b),
          );
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
    );
  });
});

describe('patternOf', () => {
  it('goes by the sentences that are there', () => {
    expect(patternOf({})).toBe('plain');
    expect(patternOf({ negative: 'n' })).toBe('plain');
    expect(patternOf({ positive: 'p', negative: 'n' })).toBe('nli');
    expect(patternOf({ positive: 'p', intermediate: 'i' })).toBe('sts');
  });
});
