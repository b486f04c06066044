// `semblance eval`: scores an encoder on STS and transfer tasks.
import type { Command } from 'commander';
import { startDevice } from '../../kernels/backend.ts';
import type { DeviceChoice } from '../../util/devices.ts';
import { Embedder } from '../../trainer/embedder.ts';
import type { Pooling } from '../../encoder/pooling.ts';
import { pearson, spearman } from '../../metrics/correlation.ts';
import { aggregate } from '../../metrics/sts.ts';
import { stsScores, stsSet } from '../../trainer/evaluate.ts';
import { UsageFailure } from '../../util/failure.ts';
import { MODEL_HELP, modelPath } from '../modelPath.ts';
import { loadEvaluationSets, openModel, type EvaluationSet } from '../node/files.ts';
import { nodeHost } from '../node/gpu.ts';
import { loadTransferTasks } from '../node/transferTasks.ts';
import { deviceOption, jsonOption, maxLengthOption, poolingOption } from '../options.ts';
import { printResult, Progress, log, formatNumber, table, warn, type CommonOptions } from '../output.ts';
import { reportLineErrors } from '../startRun.ts';
import {
  noteAverage,
  scoreTransferTask,
  transferAverage,
  transferLines,
  type TransferScore,
} from '../transferScore.ts';

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

export function addEval(program: Command): void {
  program
    .command('eval')
    .summary('score an encoder on STS and transfer tasks')
    .description(
      'Embeds sentences in eval mode (no dropout, no head) and correlates cosines with human scores. A path is a file, ' +
        'a folder of subsets that belong to one task (scored together, the "all" setting), or a folder of such folders. ' +
        'Transfer tasks follow SentEval: a logistic regression on the frozen embeddings, or on |u-v| and u*v of pairs. They are ' +
        'TSV files "label, sentence[, sentence]". NAME.tsv (or NAME-train.tsv alone) is scored by 10 folds, with the l2 ' +
        'penalty chosen by 10 folds inside each; NAME-test.tsv is judged after l2 is chosen by 10 folds of NAME-train.tsv, or by ' +
        'NAME-dev.tsv where it is there. Accuracy, F1 of pairs in two classes (MRPC), and the average over those of ' +
        'MR, CR, SUBJ, MPQA, SST2, TREC and MRPC that are there. Probes take no random numbers but the folds, whose seed is fixed.',
    )
    .requiredOption('--model <dir>', `${MODEL_HELP}, or a .zip of a folder`)
    .option('--sts <path...>', 'scored pairs: files or folders')
    .option(
      '--transfer <dir>',
      'folder of transfer tasks: NAME.tsv, or NAME-train.tsv with NAME-dev.tsv, NAME-test.tsv',
    )
    .addOption(poolingOption())
    .addOption(maxLengthOption())
    .addOption(deviceOption())
    .addOption(jsonOption())
    .action(evaluate);
}

async function evaluate(options: EvalOptions): Promise<void> {
  if (options.sts === undefined && options.transfer === undefined)
    throw new UsageFailure('eval needs --sts PATH, --transfer DIR or both.');
  const model = await openModel(modelPath(options.model));
  const sets: EvaluationSet[] = [];
  for (const path of options.sts ?? []) {
    const loaded = await loadEvaluationSets(path);
    reportLineErrors(loaded.errors);
    sets.push(...loaded.sets);
  }
  const tasks = options.transfer === undefined ? [] : await loadTransferTasks(options.transfer, warn);
  if (options.transfer !== undefined) noteAverage(tasks.map(({ name }) => name));
  const device = await startDevice(options.device, nodeHost(options.device === 'software'));
  const embedder = new Embedder(model, options);
  log(`${options.model}: ${embedder.description}, on ${device.name} (${device.detail}; ${device.reason})`);
  const sts: Record<string, StsScore> = {};
  for (const set of sets) sts[uniqueName(set.name, sts)] = await scoreSet(embedder, set);
  const transfer: Record<string, TransferScore> = {};
  for (const task of tasks) transfer[task.name] = await scoreTransferTask(embedder, task);
  const scores = Object.values(sts).map((score) => score.spearman);
  const stsAverage =
    scores.length > 0 && scores.every((score) => score !== null)
      ? scores.reduce((a, b) => a + b, 0) / scores.length
      : null;
  const { pooling, maxLength } = embedder;
  printResult(
    options,
    {
      sts,
      stsAverage,
      transfer,
      transferAverage: transferAverage(transfer),
      pooling,
      maxLength,
      device: device.name,
    },
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
  if (Object.keys(transfer).length) lines.push(...(lines.length ? [''] : []), ...transferLines(transfer));
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
