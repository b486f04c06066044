// `eval --transfer`: each layout of a folder gets the protocol that SentEval has for it, and what cannot be scored is
// refused by file and line before anything is embedded. The figures themselves meet scikit-learn's in tests/golden.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTransferTasks } from '../../src/cli/node/transferTasks.ts';
import { transferAverage, type TransferScore } from '../../src/cli/transferScore.ts';
import { cli, lastJson } from '../support/cli.ts';
import { writeTinyModel } from '../support/tiny.ts';

let scratch: string;
let folders = 0;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'semblance-transfer-'));
});

function folderOf(files: Record<string, string>): string {
  const folder = join(scratch, `tasks-${++folders}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** Lines of two classes that the tiny model tells apart. */
const rows = (n: number, labels = ['0', '1']) =>
  Array.from({ length: n }, (_, i) =>
    i % 2
      ? `${labels[1]}\tthe cat sits on apple ${i % 5}\n`
      : `${labels[0]}\tnear river park a ball ${i % 5}\n`,
  ).join('');
const pairs = (n: number) => rows(n).replace(/\n/g, '\tthe cat\n');

async function load(files: Record<string, string>) {
  const notes: string[] = [];
  const tasks = await loadTransferTasks(folderOf(files), (line) => notes.push(line));
  return { tasks, notes };
}

describe('eval --transfer', () => {
  it('scores folds, test splits, dev and test splits, and pairs, and averages the tasks of SentEval', async () => {
    const model = writeTinyModel(join(scratch, 'model'));
    const folder = folderOf({
      'MR.tsv': rows(40),
      'TREC-train.tsv': rows(30),
      'TREC-test.tsv': rows(10),
      'SST2-train.tsv': rows(20),
      'SST2-dev.tsv': rows(8),
      'SST2-test.tsv': rows(6),
      'MRPC-train.tsv': pairs(24),
      'TOY-train.tsv': rows(20),
      'TOY-dev.tsv': rows(8),
      'readme.md': 'what these are',
    });
    const given = ['--transfer', folder, '--pooling', 'mean', '--device', 'wasm'];
    const result = await cli('eval', '--model', model, ...given, '--json');
    expect(result.code, result.stderr).toBe(0);
    const { transfer, transferAverage: average } = lastJson<{
      transfer: Record<string, TransferScore>;
      transferAverage: number;
    }>(result);
    expect(Object.keys(transfer)).toEqual(['MR', 'MRPC', 'SST2', 'TOY', 'TREC']);
    const common = { accuracy: 1, devAccuracy: 1, classes: 2 };
    expect(transfer.MR).toMatchObject({ ...common, examples: 40 });
    expect(transfer.MR!.c).toHaveLength(10);
    expect(transfer.MRPC).toMatchObject({ ...common, examples: 24, f1: 1 });
    expect(transfer.SST2).toMatchObject({ examples: 34, protocol: 'train 20, test 6, l2 by dev 8' });
    expect(transfer.SST2!.c).toHaveLength(1);
    expect(transfer.TREC).toMatchObject({ ...common, protocol: 'train 30, test 10, l2 by 10 folds' });
    expect(transfer.TOY).toMatchObject({ protocol: 'train 20, tested on dev 8, l2 by 10 folds' });
    for (const name of ['MR', 'SST2', 'TREC', 'TOY']) expect(transfer[name]).not.toHaveProperty('f1');
    const of = (name: string) => transfer[name]!.accuracy;
    expect(average).toBeCloseTo((of('MR') + of('MRPC') + of('SST2') + of('TREC')) / 4, 12);

    expect(result.stderr).toMatch(/not read, because a task is a \.tsv file: readme\.md/);
    expect(result.stderr).toMatch(/average is over 4 of SentEval's seven tasks; not there: CR, SUBJ, MPQA/);
    expect(result.stderr).toMatch(/not one of SentEval's seven tasks .*: TOY/);
    expect(result.stderr).toMatch(/TOY: there is no TOY-test\.tsv, so it is tested on its dev split/);
    expect(result.stderr).toMatch(/MR: accuracy 1\.0000, 660 probes in/);

    const text = await cli('eval', '--model', model, ...given);
    expect(text.stdout).toMatch(/transfer +accuracy +F1 +examples +protocol/);
    expect(text.stdout).toMatch(/average +\d\.\d{4}/);
  });

  it('ends with 1 and one sentence where a task has only a test split', async () => {
    const model = writeTinyModel(join(scratch, 'other-model'));
    const folder = folderOf({ 'MR.tsv': rows(40), 'CR-test.tsv': rows(10) });
    const result = await cli('eval', '--model', model, '--transfer', folder, '--device', 'wasm', '--json');
    expect(result.code).toBe(1);
    expect(result.stdout).toBe('');
    expect(result.stderr).toMatch(
      /holds CR-test\.tsv but nothing to learn from: CR-train\.tsv \(or CR\.tsv\) is missing/,
    );
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });
});

describe('a folder of tasks', () => {
  it('is read with its line numbers, blank lines and carriage returns aside', async () => {
    const { tasks, notes } = await load({ 'A.tsv': `\r\n${rows(12).replace(/\n/g, '\r\n')}` });
    expect(tasks).toMatchObject([{ name: 'A', labels: ['0', '1'], pairs: false, dev: undefined }]);
    expect(tasks[0]!.train.rows[0]).toEqual({ label: '0', sentences: ['near river park a ball 0'], line: 2 });
    expect(notes).toEqual([
      expect.stringMatching(/label "0" has 6 examples, so some of the 10 folds/),
      expect.anything(),
    ]);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['nothing', {}, /holds no \.tsv file/],
    ['only other files', { 'MR.csv': rows(40) }, /holds no \.tsv file/],
    [
      'a dev and a test split',
      { 'X-dev.tsv': rows(20), 'X-test.tsv': rows(20) },
      /holds X-dev\.tsv and X-test\.tsv but/,
    ],
    ['two training files', { 'X.tsv': rows(20), 'X-train.tsv': rows(20) }, /both X\.tsv and X-train\.tsv/],
    ['an empty file', { 'X.tsv': '\n' }, /X\.tsv is empty/],
    ['a line without a sentence', { 'X.tsv': `${rows(20)}1\n` }, /X\.tsv:21: expected a label, a sentence/],
    ['a line with an empty sentence', { 'X.tsv': `${rows(20)}1\t \n` }, /X\.tsv:21: expected a label/],
    ['sentences and pairs', { 'X.tsv': rows(20) + pairs(1) }, /X\.tsv:21: 2 sentences, but line 1 has 1/],
    [
      'a test split of pairs',
      { 'X-train.tsv': rows(20), 'X-test.tsv': pairs(4) },
      /X-test\.tsv:1: 2 sentences, but .*X-train\.tsv has 1/,
    ],
    [
      'splits with other labels',
      { 'X-train.tsv': rows(20), 'X-test.tsv': rows(4, ['0', 'pos']) },
      /X-test\.tsv:2: label "pos" is not in .*X-train\.tsv, which has "0", "1"/,
    ],
    ['one label', { 'X.tsv': rows(20, ['a', 'a']) }, /every example has the label "a"/],
    [
      'too few examples',
      { 'X.tsv': rows(11) },
      /two levels of 10 folds need at least 12 examples, and it has 11/,
    ],
    [
      'a class that training would lack',
      { 'X.tsv': `${rows(20)}2\ta dog\n2\ta dog\n` },
      /X\.tsv:21: label "2" has 2 examples; two levels of 10 folds need at least 3/,
    ],
    [
      'a header',
      { 'X-train.tsv': `label\tsentence\n${rows(20)}`, 'X-test.tsv': rows(4) },
      /X-train\.tsv:1: label "label" has 1 example; 10 folds need at least 2/,
    ],
  ])('with %s is refused', async (_, files, message) => {
    await expect(load(files)).rejects.toThrow(message);
  });

  it('that is a file, or is not there, is refused', async () => {
    const folder = folderOf({ 'X.tsv': rows(20) });
    const read = (path: string) => loadTransferTasks(path, () => undefined);
    await expect(read(join(folder, 'X.tsv'))).rejects.toThrow(/X\.tsv is a file; --transfer takes a folder/);
    await expect(read(join(folder, 'none'))).rejects.toThrow(/There is no folder/);
  });

  it('needs no folds where dev and test are given, and says which labels they lack', async () => {
    const { notes } = await load({ 'X-train.tsv': rows(4), 'X-dev.tsv': rows(1), 'X-test.tsv': rows(2) });
    expect(notes).toEqual([expect.stringMatching(/X-dev\.tsv has no example of "1"/)]);
  });
});

it('has no average where none of the seven was scored', () => {
  expect(transferAverage({})).toBeNull();
  expect(transferAverage({ TOY: { accuracy: 1 } as TransferScore })).toBeNull();
});
