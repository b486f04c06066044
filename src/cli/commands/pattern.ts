// `semblance pattern`: analyses the similarity pattern of a data set as in the paper: word-level match error rate, and
// cosine under an encoder, of positive and of negative pairs.
import type { Command } from 'commander';
import { startDevice } from '../../kernels/backend.ts';
import type { DeviceChoice } from '../../util/devices.ts';
import { holdsScoredPairs, readGroups } from '../../data/formats/groups.ts';
import { readScoredPairs } from '../../data/formats/scoredPairs.ts';
import type { Group, ScoredPair } from '../../data/group.ts';
import { matchErrorRate } from '../../metrics/matchErrorRate.ts';
import { rowCosines, takeRows } from '../../metrics/vectors.ts';
import { Failure } from '../../util/failure.ts';
import { Random } from '../../util/random.ts';
import { histogram, type Histogram } from '../../util/statistics.ts';
import { Embedder } from '../../trainer/embedder.ts';
import { MODEL_HELP, modelPath } from '../modelPath.ts';
import { openModel, readText } from '../node/files.ts';
import { nodeHost } from '../node/gpu.ts';
import { deviceOption, jsonOption } from '../options.ts';
import { printResult, log, formatNumber, type CommonOptions } from '../output.ts';
import { reportLineErrors } from '../startRun.ts';

interface PatternOptions extends CommonOptions {
  data: string;
  model?: string;
  device: DeviceChoice;
}

type Pair = [string, string];
type Sides<T> = Record<'positive' | 'negative', T>;

const BINS = 20;

export function addPattern(program: Command): void {
  program
    .command('pattern')
    .summary('match error rate and cosine histograms of a data set')
    .description(
      'Shows how a data set decides what is similar: histograms of the match error rate (words) and, with a model, of ' +
        'the cosine, for positive and negative pairs. Groups: anchor with positive and with negative (another anchor where ' +
        'there is none). Plain sentences: positive = the sentence itself. Scored pairs: >= 4 and <= 1.',
    )
    .requiredOption('--data <file>', 'sentence groups, plain sentences or scored pairs')
    .option('--model <dir>', `for the cosines: ${MODEL_HELP}`)
    .addOption(deviceOption())
    .addOption(jsonOption())
    .action(patternCommand);
}

async function patternCommand(options: PatternOptions): Promise<void> {
  const pairs = await readPairs(options.data);
  const rates = (side: Pair[]) => side.map(([a, b]) => matchErrorRate(a, b).mer ?? 0);
  const mer: Sides<Histogram> = {
    positive: histogram(rates(pairs.positive), 0, 1, BINS),
    negative: histogram(rates(pairs.negative), 0, 1, BINS),
  };
  const cosine = options.model === undefined ? null : await cosines(options.model, options.device, pairs);
  const result = { pairs: { positive: pairs.positive.length, negative: pairs.negative.length }, mer, cosine };
  printResult(options, result, [
    ...histogramLines('match error rate', mer),
    ...(cosine ? ['', ...histogramLines('cosine', cosine)] : []),
  ]);
}

async function readPairs(path: string): Promise<Sides<Pair[]>> {
  const text = await readText(path);
  if (holdsScoredPairs(path, text)) {
    const { pairs, errors } = readScoredPairs(path, text);
    reportLineErrors(errors);
    return pairsByScore(pairs);
  }
  const { groups, errors } = readGroups(path, text);
  reportLineErrors(errors);
  if (groups.length === 0)
    throw new Failure(
      `${path} holds no usable sentence group (line ${errors[0]?.line ?? 1}: ${errors[0]?.reason ?? 'nothing'}).`,
    );
  return pairsOfGroups(groups);
}

function pairsByScore(pairs: readonly ScoredPair[]): Sides<Pair[]> {
  const side = (keep: (score: number) => boolean) =>
    pairs.filter((p) => keep(p.score)).map((p): Pair => [p.first, p.second]);
  return { positive: side((score) => score >= 4), negative: side((score) => score <= 1) };
}

function pairsOfGroups(groups: readonly Group[]): Sides<Pair[]> {
  // If a group has no negative, the anchor of the next group in a shuffled ring is used, never its own anchor.
  const ring = Random.seeded(0).fork('pattern').shuffled(groups);
  const others = new Map(ring.map((group, i) => [group, ring.at((i + 1) % ring.length)?.anchor]));
  return {
    positive: groups.map((g): Pair => [g.anchor, g.positive ?? g.anchor]),
    negative: groups.flatMap((group): Pair[] => {
      const other = group.negative ?? (groups.length > 1 ? others.get(group) : undefined);
      return other === undefined ? [] : [[group.anchor, other]];
    }),
  };
}

async function cosines(path: string, choice: DeviceChoice, pairs: Sides<Pair[]>): Promise<Sides<Histogram>> {
  const model = await openModel(modelPath(path));
  const device = await startDevice(choice, nodeHost(choice === 'software'));
  const embedder = new Embedder(model);
  log(`${path}: ${embedder.description}, on ${device.name} (${device.detail}; ${device.reason})`);
  const side = async (sidePairs: Pair[]): Promise<Histogram> => {
    const embedded = await embedder.embed(
      [...sidePairs.map(([a]) => a), ...sidePairs.map(([, b]) => b)].map((s) => embedder.evaluationIds(s)),
    );
    const half = (from: number) =>
      takeRows(
        embedded,
        sidePairs.map((_, i) => from + i),
      );
    return histogram(rowCosines(half(0), half(sidePairs.length)), -1, 1, BINS);
  };
  return { positive: await side(pairs.positive), negative: await side(pairs.negative) };
}

/** Draws two histograms side by side, with text bars. */
function histogramLines(title: string, { positive, negative }: Sides<Histogram>): string[] {
  const top = Math.max(...positive.density, ...negative.density, 1e-9);
  const bar = (density: number) => '#'.repeat(Math.round((24 * density) / top)).padEnd(24);
  return [
    `${title}: positive mean ${formatNumber(positive.mean, 3)} (${positive.total} pairs), negative mean ${formatNumber(negative.mean, 3)} (${negative.total} pairs)`,
    `${''.padEnd(15)}${'positive'.padEnd(26)}negative`,
    ...positive.density.map((density, i) => {
      const range = `${formatNumber(positive.edges[i], 2)}..${formatNumber(positive.edges[i + 1], 2)}`;
      return `${range.padEnd(15)}${bar(density)}  ${bar(negative.density[i] ?? 0)}`.trimEnd();
    }),
  ];
}
