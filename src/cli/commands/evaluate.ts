// `semblance eval`: scores an encoder on STS and transfer tasks.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { startDevice } from '../../kernels/backend.ts';
import type { DeviceChoice } from '../../util/devices.ts';
import { Embedder } from '../../trainer/embedder.ts';
import type { Pooling } from '../../encoder/pooling.ts';
import { pearson, spearman } from '../../metrics/correlation.ts';
import { aggregate } from '../../metrics/sts.ts';
import { crossValidatedAccuracy, pairFeatures, splitAccuracy } from '../../metrics/transfer.ts';
import { stsScores, stsSet } from '../../trainer/evaluate.ts';
import { Failure, UsageFailure } from '../../util/failure.ts';
import { loadEvaluationSets, openModel, readText, type EvaluationSet } from '../node/files.ts';
import { nodeHost } from '../node/gpu.ts';
import { deviceOption, jsonOption, maxLengthOption, poolingOption } from '../options.ts';
import { printResult, Progress, log, formatNumber, table, type CommonOptions } from '../output.ts';
import { reportLineErrors } from '../startRun.ts';

interface EvalOptions extends CommonOptions {
  model: string;
  sts?: string[];
  transfer?: string;
  pooling?: Pooling;
  maxLength?: number;
  device: DeviceChoice;
}

interface StsScore {
  /** Over the pairs of all subsets together, as the paper reports it. */
  spearman: number | null;
  pearson: number | null;
  pairs: number;
  /** Spearman per subset, averaged without weights and weighted by size; omitted if there is only one subset. */
  spearmanMean?: number | null;
  spearmanWmean?: number | null;
}

interface TransferScore {
  accuracy: number;
  examples: number;
  protocol: string;
}

export function addEval(program: Command): void {
  program
    .command('eval')
    .summary('score an encoder on STS and transfer tasks')
    .description(
      'Embeds sentences in eval mode (no dropout, no head) and correlates cosines with human scores. A path is a file, ' +
        'a folder of subsets that belong to one task (scored together, the "all" setting), or a folder of such folders. ' +
        'Transfer tasks are TSV files "label, sentence[, sentence]": logistic regression on the frozen embeddings.',
    )
    .requiredOption('--model <dir>', 'encoder folder in Hugging Face layout, or a .zip of one')
    .option('--sts <path...>', 'scored pairs: files or folders')
    .option('--transfer <dir>', 'folder of transfer tasks')
    .addOption(poolingOption())
    .addOption(maxLengthOption())
    .addOption(deviceOption())
    .addOption(jsonOption())
    .action(evaluate);
}

async function evaluate(options: EvalOptions): Promise<void> {
  if (options.sts === undefined && options.transfer === undefined)
    throw new UsageFailure('eval needs --sts PATH, --transfer DIR or both.');
  const model = await openModel(options.model);
  const sets: EvaluationSet[] = [];
  for (const path of options.sts ?? []) {
    const loaded = await loadEvaluationSets(path);
    reportLineErrors(loaded.errors);
    sets.push(...loaded.sets);
  }
  const tasks = options.transfer === undefined ? [] : await transferTasks(options.transfer);
  const device = await startDevice(options.device, nodeHost(options.device === 'software'));
  const embedder = new Embedder(model, options);
  log(`${options.model}: ${embedder.description}, on ${device.name} (${device.detail}; ${device.reason})`);
  const sts: Record<string, StsScore> = {};
  for (const set of sets) sts[uniqueName(set.name, sts)] = await scoreSet(embedder, set);
  const transfer: Record<string, TransferScore> = {};
  for (const task of tasks) transfer[task.name] = await scoreTask(embedder, task);
  const scores = Object.values(sts).map((score) => score.spearman);
  const stsAverage =
    scores.length > 0 && scores.every((score) => score !== null)
      ? scores.reduce((a, b) => a + b, 0) / scores.length
      : null;
  const { pooling, maxLength } = embedder;
  printResult(
    options,
    { sts, stsAverage, transfer, pooling, maxLength, device: device.name },
    resultLines(sts, stsAverage, transfer),
  );
}

function resultLines(
  sts: Record<string, StsScore>,
  average: number | null,
  transfer: Record<string, TransferScore>,
): string[] {
  const lines: string[] = [];
  if (Object.keys(sts).length) {
    const rows = Object.entries(sts).map(([name, s]) => [
      name,
      formatNumber(s.spearman),
      formatNumber(s.pearson),
      String(s.pairs),
    ]);
    lines.push(
      ...table([
        ['STS', 'Spearman', 'Pearson', 'pairs'],
        ...rows,
        ['average', formatNumber(average), '', ''],
      ]),
    );
  }
  if (Object.keys(transfer).length) {
    const rows = Object.entries(transfer).map(([name, t]) => [
      name,
      formatNumber(t.accuracy),
      String(t.examples),
      t.protocol,
    ]);
    lines.push('', ...table([['transfer', 'accuracy', 'examples', 'protocol'], ...rows]));
  }
  return lines;
}

function uniqueName(name: string, taken: object): string {
  let free = name;
  for (let n = 2; free in taken; n++) free = `${name}-${n}`;
  return free;
}

/** Correlation over the pairs of all subsets together (the "all" setting of SentEval). */
async function scoreSet(embedder: Embedder, set: EvaluationSet): Promise<StsScore> {
  const pairs = set.subsets.flatMap((subset) => subset.pairs);
  const rows = stsSet(pairs, embedder);
  const progress = new Progress(rows.rows.length, 0, `sentences of ${set.name}`);
  const { cosine } = stsScores(await embedder.embed(rows.rows, (done) => progress.update(done)), rows);
  progress.stop();
  let from = 0;
  const subsets = set.subsets.map(({ name, pairs: own }) => {
    const system = cosine.slice(from, (from += own.length));
    return { name, system, gold: own.map((pair) => pair.score) };
  });
  const ranked = aggregate(subsets, spearman);
  return {
    spearman: ranked.all,
    pearson: aggregate(subsets, pearson).all,
    pairs: pairs.length,
    ...(subsets.length > 1 && { spearmanMean: ranked.mean, spearmanWmean: ranked.wmean }),
  };
}

interface TransferTask {
  name: string;
  train: LabelledRow[];
  test: LabelledRow[] | undefined;
}
interface LabelledRow {
  label: string;
  sentences: string[];
}

/** Reads the tasks of a folder: NAME.tsv, or NAME-train.tsv together with NAME-test.tsv or NAME-dev.tsv. */
async function transferTasks(folder: string): Promise<TransferTask[]> {
  if (!existsSync(folder)) throw new Failure(`There is no folder ${folder}.`);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.tsv'))
    .sort();
  if (files.length === 0) throw new Failure(`${folder} holds no .tsv file of a transfer task.`);
  const tasks: TransferTask[] = [];
  for (const file of files) {
    const name = basename(file, '.tsv').replace(/-train$/, '');
    if (/-(dev|test)$/.test(name) && files.includes(`${name.replace(/-(dev|test)$/, '')}-train.tsv`))
      continue;
    const held = [`${name}-test.tsv`, `${name}-dev.tsv`].find((other) => files.includes(other));
    const train = await labelledRows(join(folder, file));
    tasks.push({
      name,
      train,
      test: held && held !== file ? await labelledRows(join(folder, held)) : undefined,
    });
  }
  return tasks;
}

async function labelledRows(path: string): Promise<LabelledRow[]> {
  const lines = (await readText(path)).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, i) => {
    const [label, ...sentences] = line.split('\t');
    if (!label || sentences.length < 1 || sentences.length > 2)
      throw new Failure(
        `${path}:${i + 1}: expected a label, a sentence and optionally a second sentence, separated by tabs.`,
      );
    return { label, sentences };
  });
}

async function scoreTask(embedder: Embedder, task: TransferTask): Promise<TransferScore> {
  const all = [...task.train, ...(task.test ?? [])];
  const rows = all.flatMap(({ sentences }) => sentences.map((s) => embedder.evaluationIds(s)));
  const progress = new Progress(rows.length, 0, `sentences of ${task.name}`);
  const embedded = await embedder.embed(rows, (done) => progress.update(done));
  progress.stop();
  const row = (i: number) => embedded.data.subarray(i * embedded.dimension, (i + 1) * embedded.dimension);
  let at = 0;
  const features = all.map(({ sentences }) => {
    if (sentences.length === 1) return row(at++);
    return pairFeatures(row(at++), row(at++));
  });
  const names = [...new Set(all.map(({ label }) => label))].sort();
  const labels = all.map(({ label }) => names.indexOf(label));
  const options = { classes: names.length, maxIterations: 200, tolerance: 1e-3 };
  if (task.test) {
    const accuracy = splitAccuracy(features, labels, task.train.length, options);
    return {
      accuracy,
      examples: all.length,
      protocol: `train ${task.train.length}, test ${task.test.length}`,
    };
  }
  return {
    accuracy: crossValidatedAccuracy(features, labels, options),
    examples: all.length,
    protocol: '5-fold cross-validation',
  };
}
