// Evaluation during a run: alignment and uniformity of held-out training data and of evaluation data (without the head,
// on at most `measureCap` pairs and sentences; tools.py of the authors' code), and the Spearman correlation on STS.
import type { EncoderConfig } from '../encoder/config.ts';
import type { DropoutRates } from '../encoder/pass.ts';
import type { Parameters } from '../encoder/parameters.ts';
import type { ScoredPair } from '../data/group.ts';
import { isGroup } from '../data/mix.ts';
import { alignment } from '../metrics/alignment.ts';
import { stsFromEmbeddings } from '../metrics/sts.ts';
import { uniformity } from '../metrics/uniformity.ts';
import { takeRows, type Matrix } from '../metrics/vectors.ts';
import type { Config } from '../run/config.ts';
import type { MetricEvent } from '../run/events.ts';
import { ROLES } from '../run/roles.ts';
import { forkKey, type Key } from '../util/random.ts';
import { embedRows } from './embed.ts';
import { positiveIndex } from '../losses/objective.ts';
import type { TokenisedExample, Views } from './views.ts';

/** The token rows that alignment and uniformity of one side (held-out or evaluation data) are measured on. */
export interface MeasuredSet {
  split: 'train' | 'eval';
  /** Positive pairs, for alignment. */
  pairs: [number[], number[]][];
  /** Sentences, for uniformity. */
  sentences: number[][];
}

export interface StsSet {
  /** Distinct sentences as token rows. */
  rows: number[][];
  first: number[];
  second: number[];
  gold: number[];
}

/**
 * The held-out side. If the data has groups, only groups are measured (the pattern's own pairs); with the HT loss the
 * intermediate of four sentences is the positive. Otherwise alignment is measured on the two views of plain sentences, and
 * uniformity on the sentences themselves.
 */
export function heldOutSet(
  heldOut: readonly TokenisedExample[],
  views: Views,
  { cap, hierarchical }: { cap: number; hierarchical: boolean },
): MeasuredSet {
  const groups = heldOut.filter(isGroup);
  const rows = groups.length > 0 ? groups.map(groupRows) : heldOut.map((plain) => views.measuredRows(plain));
  return {
    split: 'train',
    pairs: rows
      .map((r): [number[], number[]] => [r[0]!, r[hierarchical ? positiveIndex(r.length) : 1]!])
      .slice(0, cap),
    sentences: (groups.length > 0 ? rows.flat() : rows.map((r) => r[0]!)).slice(0, cap),
  };

  /** With the HT loss off the authors measure anchor, positive and negative, even where the intermediate is trained on. */
  function groupRows(group: TokenisedExample): number[][] {
    const all = views.measuredRows(group);
    return hierarchical ? all : all.filter((_, i) => all.length < ROLES.length || i !== INTERMEDIATE);
  }
}

const INTERMEDIATE = ROLES.indexOf('intermediate');

/** The evaluation side: alignment on pairs scored >= 4, uniformity on the sentences of pairs scored >= 4 or <= 1. */
export function evaluationSet(pairs: readonly ScoredPair[], views: Views, cap: number): MeasuredSet {
  const ids = (sentence: string) => views.evaluationIds(sentence);
  const positives = pairs.filter(({ score }) => score >= 4);
  const extremes = pairs.filter(({ score }) => score >= 4 || score <= 1);
  return {
    split: 'eval',
    pairs: positives
      .slice(0, cap)
      .map(({ first, second }): [number[], number[]] => [ids(first), ids(second)]),
    sentences: extremes
      .flatMap(({ first, second }) => [first, second])
      .slice(0, cap)
      .map(ids),
  };
}

/** The distinct sentences of the scored pairs, and the pairs as indices into them. */
export function stsSet(pairs: readonly ScoredPair[], views: Pick<Views, 'evaluationIds'>): StsSet {
  const places = new Map<string, number>();
  const place = (sentence: string) => {
    const known = places.get(sentence);
    if (known !== undefined) return known;
    places.set(sentence, places.size);
    return places.size - 1;
  };
  const first = pairs.map((pair) => place(pair.first));
  const second = pairs.map((pair) => place(pair.second));
  return {
    rows: [...places.keys()].map((s) => views.evaluationIds(s)),
    first,
    second,
    gold: pairs.map((p) => p.score),
  };
}

export interface Measurer {
  encoder: Parameters;
  config: EncoderConfig;
  knobs: Pick<Config, 'pooling' | 'measureMode'>;
  dropout: DropoutRates;
}

/** Replaces NaN and infinities by null, "undefined". */
function defined(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Alignment and uniformity of one side at one step. @param key key of the dropout masks (train mode) */
export async function measure(
  model: Measurer,
  set: MeasuredSet,
  step: number,
  key: Key,
): Promise<MetricEvent[]> {
  const { pooling, measureMode: mode } = model.knobs;
  const options = (name: string) => ({
    pooling,
    dropout:
      mode === 'train' ? { rates: model.dropout, key: forkKey(key, `${set.split} ${name}`) } : undefined,
  });
  const embed = (rows: number[][], name: string) =>
    embedRows(model.encoder, model.config, rows, options(name));
  const both = await embed([...set.pairs.map(([a]) => a), ...set.pairs.map(([, b]) => b)], 'pairs');
  const half = set.pairs.length;
  const side = (from: number) =>
    takeRows(
      both,
      Array.from({ length: half }, (_, i) => from + i),
    );
  const spread = await embed(set.sentences, 'sentences');
  const event = (name: 'alignment' | 'uniformity', value: number, count: number): MetricEvent => ({
    type: 'metric',
    step,
    split: set.split,
    name,
    value: defined(value),
    mode,
    count,
  });
  return [
    event('alignment', alignment(side(0), side(half)), half),
    event('uniformity', uniformity(spread), set.sentences.length),
  ];
}

/** Measures STS, always in eval mode. */
export async function measureSts(
  model: Omit<Measurer, 'dropout'>,
  set: StsSet,
  step: number,
): Promise<MetricEvent> {
  const embedded = await embedRows(model.encoder, model.config, set.rows, { pooling: model.knobs.pooling });
  const { spearman } = stsScores(embedded, set);
  return {
    type: 'metric',
    step,
    split: 'eval',
    name: 'sts',
    value: spearman,
    mode: 'eval',
    count: set.gold.length,
  };
}

export function stsScores(
  embedded: Matrix,
  set: StsSet,
): { cosine: number[]; spearman: number | null; pearson: number | null } {
  return stsFromEmbeddings(takeRows(embedded, set.first), takeRows(embedded, set.second), set.gold);
}

/** Measures alignment and uniformity of every side, and STS if there are scored pairs. @param key as of measure() */
export async function measureAll(
  model: Measurer,
  { measured, sts }: { measured: readonly MeasuredSet[]; sts: StsSet | undefined },
  step: number,
  key: Key,
): Promise<MetricEvent[]> {
  const events: MetricEvent[] = [];
  for (const set of measured) events.push(...(await measure(model, set, step, key)));
  if (sts) events.push(await measureSts(model, sts, step));
  return events;
}
