// Whatever a visitor drops on the page is either read, line by line and with the bad lines named, or refused with a
// sentence that says what it is and what to do.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupLines, pairLines, fileOf, EXPORT_FORMATS } from '../../../src/app/corpus/exportText.ts';
import { ImportClient } from '../../../src/app/corpus/importClient.ts';
import { choiceProblem, readImport } from '../../../src/app/corpus/importRead.ts';
import { inspect, withUse, type ImportChoice } from '../../../src/app/corpus/importSniff.ts';
import { decodeBytes, MAX_BYTES, sizeProblem } from '../../../src/app/corpus/importText.ts';
import { cleanSentence } from '../../../src/app/state/corpusText.ts';
import type { Group, ScoredPair } from '../../../src/data/group.ts';
import { Failure } from '../../../src/util/failure.ts';

fc.configureGlobal({ seed: 11, numRuns: 60 });

/** As the page reads it when the visitor changes nothing. */
function read(name: string, text: string, change: Partial<ImportChoice> = {}) {
  return readImport(name, text, { ...inspect(name, text).choice, ...change });
}
const sentencesOf = (name: string, text: string, change?: Partial<ImportChoice>) =>
  read(name, text, change).groups.map(({ anchor, positive, intermediate, negative }) =>
    [anchor, positive, intermediate, negative].filter((s) => s !== undefined),
  );
const bytes = (text: string) => new TextEncoder().encode(text);

describe('every format', () => {
  it.each<[string, string, string, string[][]]>([
    ['sentences', 'a.txt', 'One, two.\n\nThree.', [['One, two.'], ['Three.']]],
    [
      'pasted sentences with commas',
      'pasted text',
      'One, two.\nThree, four.',
      [['One, two.'], ['Three, four.']],
    ],
    [
      'pasted spreadsheet cells',
      'pasted text',
      'A a\tB b\nC c\tD d',
      [
        ['A a', 'B b'],
        ['C c', 'D d'],
      ],
    ],
    ['CSV with a header', 'a.csv', 'sent0,sent1,hard_neg\n"A, a",B,C', [['A, a', 'B', 'C']]],
    [
      'CSV without a header',
      'a.csv',
      'A a,B b\nC c,D d',
      [
        ['A a', 'B b'],
        ['C c', 'D d'],
      ],
    ],
    ['CSV parted by semicolons', 'a.csv', 'anchor;positive\nA, a;B', [['A, a', 'B']]],
    ['TSV of four', 'a.tsv', 'A a\tB b\tC c\tD d', [['A a', 'B b', 'C c', 'D d']]],
    [
      'a number before the sentences',
      'a.tsv',
      '17\tA a\tB b\n18\tC c\tD d',
      [
        ['A a', 'B b'],
        ['C c', 'D d'],
      ],
    ],
    ['group JSONL', 'a.jsonl', '{"anchor":"A","positive":"B","id":"x"}', [['A', 'B']]],
    ['JSONL without a name', 'pasted text', '{"anchor":"A","negative":"B"}', [['A', 'B']]],
    ['a JSON array', 'a.json', '[{"anchor":"A"},\n{"anchor":"B"}]', [['A'], ['B']]],
    [
      'hybrid JSONL',
      'a.jsonl',
      '{"split":"aigen","sentence":"A","5":"B","3":"C","0":"D"}',
      [['A', 'B', 'C', 'D']],
    ],
    ['NLI', 'a.tsv', 'entailment\tA a\tB b\ncontradiction\tA a\tC c', [['A a', 'B b', 'C c']]],
  ])('%s', (_, name, text, sentences) => {
    expect(sentencesOf(name, text)).toEqual(sentences);
  });

  it.each<[string, string, string]>([
    ['TSV, score first', 'a.tsv', '2.5\tA a.\tB b.\n5\tC c.\tD d.'],
    ['STS-B CSV', 'a.csv', 'sentence1,sentence2,score\nA a.,B b.,2.5\nC c.,D d.,5'],
    [
      'original STS-B',
      'a.csv',
      'news\tMSR\t2012\t0001\t2.500\tA a.\tB b.\nnews\tMSR\t2012\t0004\t5.000\tC c.\tD d.',
    ],
    [
      'JSONL',
      'a.jsonl',
      '{"score":2.5,"first":"A a.","second":"B b."}\n{"score":5,"sentence1":"C c.","sentence2":"D d."}',
    ],
  ])('scored pairs go to the scored pairs: %s', (_, name, text) => {
    const { kind, pairs, groups, errors } = read(name, text);
    expect({ kind, pairs, groups, errors }).toEqual({
      kind: 'pairs',
      pairs: [
        { score: 2.5, first: 'A a.', second: 'B b.' },
        { score: 5, first: 'C c.', second: 'D d.' },
      ],
      groups: [],
      errors: [],
    });
  });
});

describe('bad lines', () => {
  const errorsOf = (name: string, text: string, change?: Partial<ImportChoice>) =>
    read(name, text, change).errors.map(({ line, reason }) => `${line}: ${reason}`);

  it('are named by the number they have in the file, whatever stands above them', () => {
    expect(errorsOf('a.csv', 'anchor,positive\n"A\nA",B\n,C\n"open,D\nE,')).toEqual([
      '4: column 1 (anchor) is empty',
      '5: a quote is opened and not closed',
      '6: column 2 (positive) is empty',
    ]);
    expect(errorsOf('a.tsv', 'A a\tB b\n\tC c')).toEqual(['2: column 1 (anchor) is empty']);
    expect(errorsOf('a.tsv', '\n2.5\tA a\tB b\n7\tC c\tD d\n3\tE\t\n1\tx x\ty y')).toEqual([
      '3: score 7 is out of range (0 to 5)',
      '4: a sentence is missing',
    ]);
  });

  it('are those that are too long or empty, too, in every format', () => {
    const long = 'x'.repeat(2001);
    const reason = 'a sentence has more than 2000 characters';
    expect(errorsOf('a.txt', `fine\n${long}`)).toEqual([`2: ${reason}`]);
    expect(errorsOf('a.jsonl', `{"anchor":"fine"}\n\n{"id":"7","anchor":"a","positive":"${long}"}`)).toEqual([
      `3: ${reason}`,
    ]);
    expect(errorsOf('a.csv', `anchor,positive\na,b\nc,${long}`)).toEqual([`3: ${reason}`]);
    expect(errorsOf('a.tsv', `1\ta a\tb b\n2\tc c\t${long}`)).toEqual([`2: ${reason}`]);
    expect(errorsOf('a.txt', 'fine\n\u0007')).toEqual(['2: the anchor is empty']);
  });

  it('leave the others to be used, and all of them is a failure that says why', () => {
    expect(sentencesOf('a.jsonl', 'nonsense\n{"anchor":"A"}')).toEqual([['A']]);
    expect(() => read('a.jsonl', 'nonsense\n{}')).toThrow(
      /Nothing in a\.jsonl can be used.*line 1: not JSON/,
    );
    expect(() => read('a.tsv', '9\tA a\tB b', { columns: ['score', 'anchor', 'positive'] })).toThrow(
      /Nothing in/,
    );
  });
});

describe('columns as the visitor says', () => {
  const text = 'one,two,three\nA a,B b,C c';
  it('a first row is kept or not, whatever its words are', () => {
    expect(sentencesOf('a.csv', text, { hasHeader: true })).toEqual([['A a', 'B b', 'C c']]);
    expect(sentencesOf('a.csv', text)).toHaveLength(2);
    expect(sentencesOf('a.csv', 'anchor,positive\nA,B', { hasHeader: false })).toEqual([
      ['anchor', 'positive'],
      ['A', 'B'],
    ]);
  });
  it('any column takes any role', () => {
    const columns = ['negative', 'ignore', 'anchor'] as const;
    expect(sentencesOf('a.csv', text, { columns, hasHeader: true })).toEqual([['C c', 'A a']]);
  });
  it('a role moves from one column to another', () => {
    expect(withUse(['anchor', 'positive', 'ignore'], 2, 'anchor')).toEqual(['ignore', 'positive', 'anchor']);
    expect(withUse(['anchor', 'positive'], 1, 'ignore')).toEqual(['anchor', 'ignore']);
  });
  it('what is missing is asked for', () => {
    const problem = (columns: ImportChoice['columns']) =>
      choiceProblem({ format: 'csv', columns, hasHeader: false }, 'a.csv');
    expect(problem(['anchor'])).toMatch(/one column/);
    expect(problem(['positive', 'ignore'])).toMatch(/No column is the anchor/);
    expect(problem(['score', 'anchor'])).toMatch(/needs a score and two sentences/);
    expect(problem(['anchor', 'positive'])).toBeNull();
  });
});

describe('what is no text', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['empty', new Uint8Array(), /is empty/],
    ['only blank', bytes(' \n\t\n'), /is empty/],
    ['zero bytes', new Uint8Array([65, 0, 66, 67, 68]), /byte 2 is zero/],
    ['a spreadsheet', new Uint8Array([0x50, 0x4b, 3, 4, 20, 0]), /ZIP \(or Excel.*export it as txt, csv/],
    [
      'Latin-1',
      new Uint8Array([...bytes('Fine\nna'), 0xef, ...bytes('ve\n')]),
      /line 2.*Latin-1.*Save it as UTF-8/,
    ],
    [
      'UTF-16 without a mark',
      new Uint8Array(Buffer.from('Hello there, all of you.', 'utf16le')),
      /seems to be UTF-16/,
    ],
  ])('%s is refused with a sentence', (_, content, words) => {
    expect(() => decodeBytes(content, 'file.txt')).toThrow(words);
    expect(() => decodeBytes(content, 'file.txt')).toThrow(Failure);
  });

  it('UTF-16 with a mark, both ways round, and UTF-8 with one are read', () => {
    const little = Buffer.from('\uFEFFGrüße 你好\n', 'utf16le');
    const big = Buffer.from(little).swap16();
    for (const content of [little, big, bytes('\uFEFFGrüße 你好\n')])
      expect(decodeBytes(new Uint8Array(content), 'a.txt')).toBe('Grüße 你好\n');
  });

  it('more than 50 MB is refused before any of it is read', () => {
    const huge = {
      size: MAX_BYTES + 1,
      arrayBuffer: () => Promise.reject(new Error('was read')),
    } as unknown as Blob;
    expect(() => new ImportClient({ name: 'huge.csv', file: huge })).toThrow(
      /huge\.csv has 50\.0 MB; at most 50 MB/,
    );
    expect(sizeProblem('a', MAX_BYTES)).toBeNull();
  });

  it('arbitrary bytes are read or refused, never anything else', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('a.txt', 'a.csv', 'a.tsv', 'a.jsonl', 'a'),
        (data, name) => {
          try {
            read(name, decodeBytes(data, name));
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
          }
        },
      ),
    );
  });
});

describe('a job', () => {
  it('opens, is read another way, and brings all of it', async () => {
    const text = Array.from({ length: 1200 }, (_, i) => `a ${i},b`).join('\n');
    const client = new ImportClient({ name: 'a.csv', file: new Blob([`${text}\nalone`]) });
    const { choice } = await client.open();
    const found = await client.read(choice);
    expect([found.count, found.groups.length, found.errorCount]).toEqual([1200, 1200, 1]);
    expect(await found.errorFile?.text()).toBe('line\treason\n1201\tcolumn 2 (positive) is empty\n');
    const plain = await client.read((await client.inspect('plain')).choice);
    expect(plain.groups).toHaveLength(1201);
  });

  it('shows the first twenty bad lines and keeps them all', async () => {
    const client = new ImportClient({ name: 'a.jsonl', text: `{"anchor":"A"}\n${'bad\n'.repeat(30)}` });
    const found = await client.read((await client.open()).choice);
    expect([found.errors.length, found.errorCount]).toEqual([20, 30]);
    expect((await found.errorFile!.text()).trim().split('\n')).toHaveLength(31);
  });

  it('can be asked again after a failure', async () => {
    const client = new ImportClient({ name: 'a.csv', text: 'one\ntwo' });
    const { choice } = await client.open();
    await expect(client.read(choice)).rejects.toThrow(/one column/);
    expect((await client.read({ ...choice, format: 'plain' })).groups).toHaveLength(2);
  });
});

describe('what is exported can be imported', () => {
  const sentence = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .map(cleanSentence)
    .filter((s) => s !== '');
  const group = fc.record({
    anchor: sentence,
    positive: sentence,
    intermediate: fc.option(sentence, { nil: undefined }),
    negative: fc.option(sentence, { nil: undefined }),
  });
  const pair = fc.record({ score: fc.constantFrom(0, 1.5, 5), first: sentence, second: sentence });

  it.each(EXPORT_FORMATS)('groups as %s', async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.array(group, { minLength: 1, maxLength: 6 }), async (drafts) => {
        const groups = drafts.map((draft, i): Group => ({
          ...draft,
          id: `own-${i}`,
          pattern: 'nli',
          source: 'typed',
        }));
        const text = await (await fileOf(groups, format, groupLines)).text();
        const back = read(`a.${format}`, text).groups;
        expect(
          back.map(({ anchor, positive, intermediate, negative }) => ({
            anchor,
            positive,
            intermediate,
            negative,
          })),
        ).toEqual(drafts);
      }),
    );
  });
  it.each(EXPORT_FORMATS)('scored pairs as %s', async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { minLength: 1, maxLength: 6 }), async (pairs: ScoredPair[]) => {
        const text = await (await fileOf(pairs, format, pairLines)).text();
        expect(read(`a.${format}`, text).pairs).toEqual(pairs);
      }),
    );
  });
  it('many lines have one header', async () => {
    const pairs = Array.from({ length: 4500 }, (_, i) => ({ score: 1, first: `a ${i}`, second: 'b' }));
    const lines = (await (await fileOf(pairs, 'csv', pairLines)).text()).trim().split('\n');
    expect(lines).toHaveLength(4501);
    expect(lines.filter((line) => line.startsWith('score'))).toHaveLength(1);
  });
});
