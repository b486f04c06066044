// Reads a folder of transfer tasks and refuses, before anything is embedded, what could not be scored. A task is
// NAME.tsv or NAME-train.tsv, with NAME-dev.tsv and NAME-test.tsv where its splits are given.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDS } from '../../metrics/folds.ts';
import { Failure } from '../../util/failure.ts';
import { readText } from './files.ts';

/** The seven tasks of SentEval that papers report, and average. */
export const SENTEVAL_TASKS = ['MR', 'CR', 'SUBJ', 'MPQA', 'SST2', 'TREC', 'MRPC'];

export interface LabelledRow {
  label: string;
  /** One sentence, or a pair. */
  sentences: string[];
  line: number;
}

export interface TaskFile {
  path: string;
  rows: LabelledRow[];
  first: LabelledRow;
}

export interface TransferTask {
  name: string;
  /** The classes, sorted; class 1 of two is the positive one. */
  labels: string[];
  train: TaskFile;
  dev: TaskFile | undefined;
  test: TaskFile | undefined;
  /** Whether each example is a pair of sentences. */
  pairs: boolean;
}

interface SplitFiles {
  train: string;
  dev?: string;
  test?: string;
}

/** @param note told what is left out, or read in a way that the user should know */
export async function loadTransferTasks(
  folder: string,
  note: (line: string) => void,
): Promise<TransferTask[]> {
  const tasks: TransferTask[] = [];
  for (const [name, files] of taskFiles(folder, note)) {
    const read = (file: string) => labelledRows(join(folder, file));
    const train = await read(files.train);
    const dev = files.dev === undefined ? undefined : await read(files.dev);
    const test = files.test === undefined ? undefined : await read(files.test);
    const labels = [...new Set(train.rows.map(({ label }) => label))].sort();
    const task = { name, labels, train, dev, test, pairs: train.first.sentences.length === 2 };
    checkSplits(task, note);
    checkClasses(task, note);
    tasks.push(task);
  }
  return tasks;
}

/** The names of the files of each task. */
function taskFiles(folder: string, note: (line: string) => void): Map<string, SplitFiles> {
  if (!existsSync(folder)) throw new Failure(`There is no folder ${folder}.`);
  if (!statSync(folder).isDirectory())
    throw new Failure(`${folder} is a file; --transfer takes a folder of NAME.tsv or NAME-train.tsv files.`);
  const found = new Map<string, Partial<SplitFiles>>();
  const unread: string[] = [];
  for (const file of readdirSync(folder).sort()) {
    const [, name, split = 'train'] = /^(.+?)(?:-(train|dev|test))?\.tsv$/.exec(file) ?? [];
    if (name === undefined || statSync(join(folder, file)).isDirectory()) {
      if (!file.startsWith('.')) unread.push(file);
      continue;
    }
    const splits = found.get(name) ?? {};
    if (splits[split as keyof SplitFiles])
      throw new Failure(`${folder} holds both ${name}.tsv and ${name}-train.tsv; keep one of them.`);
    found.set(name, { ...splits, [split]: file });
  }
  if (unread.length) note(`${folder}: not read, because a task is a .tsv file: ${unread.join(', ')}`);
  if (found.size === 0) throw new Failure(`${folder} holds no .tsv file of a transfer task.`);
  const tasks = new Map<string, SplitFiles>();
  for (const [name, { train, ...others }] of found) {
    if (train === undefined)
      throw new Failure(
        `${folder} holds ${Object.values(others).join(' and ')} but nothing to learn from: ${name}-train.tsv (or ${name}.tsv) is missing.`,
      );
    tasks.set(name, { train, ...others });
  }
  return tasks;
}

async function labelledRows(path: string): Promise<TaskFile> {
  const rows: LabelledRow[] = [];
  (await readText(path)).split(/\r?\n/).forEach((text, i) => {
    if (text.trim() === '') return;
    const [label = '', ...sentences] = text.split('\t').map((field) => field.trim());
    if (label === '' || sentences.length < 1 || sentences.length > 2 || sentences.includes(''))
      throw new Failure(
        `${path}:${i + 1}: expected a label, a sentence and optionally a second sentence, separated by tabs.`,
      );
    if (rows[0] && rows[0].sentences.length !== sentences.length)
      throw new Failure(
        `${path}:${i + 1}: ${count(sentences.length, 'sentence')}, but line ${rows[0].line} has ${rows[0].sentences.length}.`,
      );
    rows.push({ label, sentences, line: i + 1 });
  });
  const [first] = rows;
  if (!first) throw new Failure(`${path} is empty.`);
  return { path, rows, first };
}

/** Dev and test must have the form and the labels of the training split. */
function checkSplits({ labels, train, dev, test, pairs }: TransferTask, note: (line: string) => void): void {
  for (const split of [dev, test]) {
    if (!split) continue;
    const { first } = split;
    if ((first.sentences.length === 2) !== pairs)
      throw new Failure(
        `${split.path}:${first.line}: ${count(first.sentences.length, 'sentence')}, but ${train.path} has ${pairs ? 2 : 1}.`,
      );
    const stranger = split.rows.find(({ label }) => !labels.includes(label));
    if (stranger)
      throw new Failure(
        `${split.path}:${stranger.line}: label "${stranger.label}" is not in ${train.path}, which has ${listed(labels)}.`,
      );
    const absent = labels.filter((label) => !split.rows.some((row) => row.label === label));
    if (absent.length) note(`${split.path} has no example of ${listed(absent)}, which ${train.path} has`);
  }
}

/** Every class must be in the training part of every fold, and no fold may be empty. */
function checkClasses(
  { labels, train: { path, rows }, dev, test }: TransferTask,
  note: (line: string) => void,
): void {
  if (labels.length < 2)
    throw new Failure(
      `${path}: every example has the label "${labels[0]}"; a task needs two labels or more.`,
    );
  if (dev && test) return;
  const nested = !dev && !test;
  const [least, fewest] = nested ? [3, FOLDS + 2] : [2, FOLDS];
  const folds = `${nested ? 'two levels of ' : ''}${FOLDS} folds`;
  if (rows.length < fewest)
    throw new Failure(`${path}: ${folds} need at least ${fewest} examples, and it has ${rows.length}.`);
  for (const label of labels) {
    const members = rows.filter((row) => row.label === label);
    const [first] = members;
    if (first && members.length < least)
      throw new Failure(
        `${path}:${first.line}: label "${label}" has ${count(members.length, 'example')}; ${folds} need at least ${least}, so that none lacks it in training.`,
      );
    if (members.length < FOLDS)
      note(
        `${path}: label "${label}" has ${members.length} examples, so some of the ${FOLDS} folds test none`,
      );
  }
}

function listed(labels: readonly string[]): string {
  const shown = labels.slice(0, 6).map((label) => `"${label}"`);
  return labels.length > 6 ? `${shown.join(', ')} and ${labels.length - 6} more` : shown.join(', ');
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
