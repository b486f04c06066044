// Scores an encoder on one transfer task: embeds its sentences, fits the probes, shows progress.
import { givenDevAndTest, givenTest, nestedFolds, type JudgedSplit } from '../metrics/folds.ts';
import {
  f1Score,
  fitCount,
  pairFeatures,
  PENALTIES,
  PENALTIES_GIVEN_TEST,
  scoreTransfer,
} from '../metrics/transfer.ts';
import type { Matrix } from '../metrics/vectors.ts';
import type { Embedder } from '../trainer/embedder.ts';
import { Failure } from '../util/failure.ts';
import { SENTEVAL_TASKS, type TransferTask } from './node/transferTasks.ts';
import { formatNumber, log, Progress, table, warn } from './output.ts';

export interface TransferScore {
  /** Mean over the judged splits, 0 to 1. */
  accuracy: number;
  /** Pairs of two classes (MRPC): of the second label in sorted order, over all judged examples. */
  f1?: number;
  /** Mean of the accuracy by which C was chosen. */
  devAccuracy: number;
  examples: number;
  classes: number;
  /** The chosen inverse strength of the l2 penalty, for each judged split. */
  c: number[];
  protocol: string;
  /** Of the probes, without embedding. */
  seconds: number;
  /** Probes that did not reach the tolerance, if any. */
  notConverged?: number;
}

export async function scoreTransferTask(embedder: Embedder, task: TransferTask): Promise<TransferScore> {
  const rows = [task.train, task.dev, task.test].flatMap((file) => file?.rows ?? []);
  const labels = rows.map(({ label }) => task.labels.indexOf(label));
  const features = await taskFeatures(
    embedder,
    task,
    rows.map(({ sentences }) => sentences),
  );
  const { splits, penalties, protocol } = protocolOf(task, labels);

  const started = performance.now();
  const total = fitCount(splits, penalties);
  const progress = new Progress(total, 0, `probes of ${task.name}`, { lines: true });
  let done = 0;
  const data = { features, labels, classes: task.labels.length };
  const scored = scoreTransfer(data, splits, penalties, () => progress.update(++done));
  progress.stop();
  const seconds = (performance.now() - started) / 1000;

  const { accuracy, devAccuracy, notConverged } = scored;
  const f1 = task.pairs && data.classes === 2 ? f1Score(labels, splits, scored.splits) : undefined;
  if (notConverged > 0)
    warn(`${task.name}: ${notConverged} of ${total} probes did not converge; its figures are approximate`);
  log(`${task.name}: accuracy ${formatNumber(accuracy)}, ${total} probes in ${seconds.toFixed(1)} s`);
  return {
    accuracy,
    ...(f1 !== undefined && { f1 }),
    devAccuracy,
    examples: rows.length,
    classes: data.classes,
    c: scored.splits.map(({ c }) => c),
    protocol,
    seconds,
    ...(notConverged > 0 && { notConverged }),
  };
}

/** The embeddings of sentences as they are, or SentEval's features of pairs. */
async function taskFeatures(embedder: Embedder, task: TransferTask, rows: string[][]): Promise<Matrix> {
  const sentences = rows.flat();
  const progress = new Progress(sentences.length, 0, `sentences of ${task.name}`, { lines: true });
  const embedded = await embedder.embed(
    sentences.map((sentence) => embedder.evaluationIds(sentence)),
    (done) => progress.update(done),
  );
  progress.stop();
  const { data, dimension } = embedded;
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new Failure(
      `${task.name}: the model's embedding of "${sentences[Math.floor(bad / dimension)]}" is not made of finite numbers.`,
    );
  if (!task.pairs) return embedded;
  const embedding = (i: number) => data.subarray(i * dimension, (i + 1) * dimension);
  const features = new Float64Array(data.length);
  for (let i = 0; i < rows.length; i++)
    features.set(pairFeatures(embedding(2 * i), embedding(2 * i + 1)), 2 * i * dimension);
  return { data: features, rows: rows.length, dimension: 2 * dimension };
}

interface Protocol {
  splits: JudgedSplit[];
  penalties: readonly number[];
  protocol: string;
}

/** What SentEval does with the splits that are there. Without a test split, a dev split takes its place. */
function protocolOf({ name, train, dev, test }: TransferTask, labels: readonly number[]): Protocol {
  const sizes = [train, dev, test].map((file) => file?.rows.length ?? 0) as [number, number, number];
  const range = (from: number, length: number) => Array.from({ length }, (_, i) => from + i);
  const learn = range(0, sizes[0]);
  const [held, last] = [range(sizes[0], sizes[1]), range(sizes[0] + sizes[1], sizes[2])];
  if (dev && test)
    return {
      splits: givenDevAndTest({ train: learn, test: last }, held),
      penalties: PENALTIES,
      protocol: `train ${sizes[0]}, test ${sizes[2]}, l2 by dev ${sizes[1]}`,
    };
  if (test ?? dev) {
    if (!test)
      warn(
        `${name}: there is no ${name}-test.tsv, so it is tested on its dev split, and l2 is chosen by folds`,
      );
    return {
      splits: givenTest(labels, { train: learn, test: test ? last : held }),
      penalties: PENALTIES_GIVEN_TEST,
      protocol: `train ${sizes[0]}, ${test ? 'test' : 'tested on dev'} ${sizes[1] + sizes[2]}, l2 by 10 folds`,
    };
  }
  return { splits: nestedFolds(labels), penalties: PENALTIES, protocol: '10 folds, l2 by 10 inner folds' };
}

/** Mean accuracy over those of the seven tasks that were scored; null if there are none. */
export function transferAverage(scores: Record<string, TransferScore>): number | null {
  const accuracies = SENTEVAL_TASKS.flatMap((name) => scores[name]?.accuracy ?? []);
  return accuracies.length ? accuracies.reduce((a, b) => a + b) / accuracies.length : null;
}

/** States which of the seven tasks the average lacks, and which others it leaves out. */
export function noteAverage(names: readonly string[]): void {
  const missing = SENTEVAL_TASKS.filter((name) => !names.includes(name));
  const others = names.filter((name) => !SENTEVAL_TASKS.includes(name));
  if (missing.length > 0 && missing.length < SENTEVAL_TASKS.length)
    warn(
      `the transfer average is over ${names.length - others.length} of SentEval's seven tasks; not there: ${missing.join(', ')}`,
    );
  if (others.length)
    warn(
      `not one of SentEval's seven tasks (${SENTEVAL_TASKS.join(', ')}), so not in the transfer average: ${others.join(', ')}`,
    );
}

export function transferLines(scores: Record<string, TransferScore>): string[] {
  const rows = Object.entries(scores).map(([name, score]) => [
    name,
    formatNumber(score.accuracy),
    formatNumber(score.f1),
    String(score.examples),
    score.protocol,
  ]);
  const average = ['average', formatNumber(transferAverage(scores)), '', '', ''];
  return table([['transfer', 'accuracy', 'F1', 'examples', 'protocol'], ...rows, average]);
}
