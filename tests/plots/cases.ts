// The plots of the gallery: a name and what is drawn.
import { paired } from '../../src/app/plots/area.ts';
import { runningDifficulty, type Gap } from '../../src/app/plots/area.ts';
import {
  COVERS,
  distributionsOf,
  EASIER,
  gapsOf,
  HARDER,
  linesOf,
  type Evidence,
  type LinePlotName,
} from '../../src/app/plots/evidence.ts';
import type { Distribution } from '../../src/app/plots/histogram.ts';
import type { Line } from '../../src/app/plots/line.ts';
import {
  otherLines,
  otherTrails,
  type OtherLine,
  type OtherRun,
  type SeedBand,
} from '../../src/app/plots/overlay.ts';
import { emptySeries, type Flag, type RunSeries } from '../../src/record/series.ts';
import type { Domain } from '../../src/app/plots/thinned.ts';
import { Random } from '../../src/util/random.ts';
import { cosineSets, fallingLoss, merSets, paperRun, SPIKE } from './fixtures.ts';

export interface LineCase {
  id: string;
  about: string;
  lines: Line[];
  others?: OtherLine[];
  totalSteps: number;
  flags?: Flag[];
  area?: { gaps: readonly Gap[]; harder: string; easier: string } | null;
  covers?: Domain | null;
  hoverStep?: number;
  reached?: number;
}

function evidence(series: RunSeries): Evidence {
  return {
    series,
    alignment: runningDifficulty()(series.alignment.train, series.alignment.eval),
    uniformity: runningDifficulty()(series.uniformity.train, series.uniformity.eval),
  };
}

function fromRun(id: string, about: string, name: LinePlotName, series: RunSeries): LineCase {
  const gaps = gapsOf(name, evidence(series));
  return {
    id,
    about,
    lines: linesOf(name, evidence(series)),
    area: gaps === null ? null : { gaps, harder: HARDER, easier: EASIER },
    covers: COVERS[name],
    totalSteps: series.totalSteps,
  };
}

const FLAGS: Flag[] = [
  { step: 900, label: 'temperature 0.05 → 0.1' },
  { step: 910, label: 'learningRate 0.00003 → 0.0001' },
  { step: 2600, label: 'beta 1 → 0' },
];

function longRun(): LineCase {
  const points = fallingLoss(100_000, 'long');
  points[SPIKE.step - 1] = { ...SPIKE };
  return {
    id: 'long',
    about: '100,000 readings, one spike',
    lines: [{ id: 'loss', label: 'total', color: HARDER, points }],
    covers: [0, 1],
    totalSteps: 100_000,
  };
}

function crossing(): LineCase {
  const steps = [0, 100, 200, 300, 400, 500, 600];
  const train = steps.map((step, i) => ({ step, value: [0.3, 0.42, 0.36, 0.28, 0.22, 0.3, 0.34][i]! }));
  const evaluation = steps.map((step) => ({ step, value: 0.31 - step / 10_000 }));
  return {
    id: 'crossing',
    about: 'curves that cross: harder, easier, harder',
    lines: [
      { id: 'eval', label: 'evaluation', color: 'var(--ink)', dash: true, points: evaluation },
      { id: 'train', label: 'held-out training', color: HARDER, points: train },
    ],
    area: { gaps: paired(train, evaluation), harder: HARDER, easier: EASIER },
    totalSteps: 600,
    hoverStep: 300,
  };
}

function holes(): LineCase {
  const points = fallingLoss(60, 'holes').map((reading, i) =>
    i % 7 === 3 ? { ...reading, value: NaN } : reading,
  );
  return {
    id: 'not-a-number',
    about: 'NaN is left out',
    lines: [{ id: 'loss', label: 'total', color: HARDER, points }],
    totalSteps: 120,
    reached: 60,
  };
}

const dropout = paperRun('Wiki.dropout');
const supervised = paperRun('NLI.SUP');

/** Two runs of the paper beside a third, and three seeds, which are one run with noise. */
export const OTHERS: OtherRun[] = [
  { id: 'shuffle', name: 'token shuffle', color: 'var(--run-2)', series: paperRun('Wiki.token_shuffle') },
  { id: 'ht', name: 'STS pattern + HT', color: 'var(--run-3)', series: paperRun('Wiki.STS_HT') },
];
const SEEDS = ['a', 'b', 'c'].map((seed, i) => seeded(seed, (i - 1) * 0.02));
export const BANDS: SeedBand[] = [
  { id: 'seeds', name: '3 seeds of NLI', color: 'var(--run-4)', ids: ['a', 'b', 'c'], members: SEEDS },
];

function seeded(seed: string, offset: number): RunSeries {
  const series = paperRun('Wiki.NLI');
  const random = Random.seeded(5).fork(seed);
  for (const readings of [series.loss, series.alignment.train, series.alignment.eval, series.sts])
    for (const reading of readings) reading.value += offset + 0.004 * random.normal();
  return series;
}

function overlaid(name: LinePlotName): LineCase {
  const about = 'over two other runs and a band of seeds';
  return { ...fromRun(`overlay-${name}`, about, name, dropout), others: otherLines(name, OTHERS, BANDS) };
}

export const LINE_CASES: LineCase[] = [
  { ...fromRun('loss', 'loss and its two terms, flags', 'loss', dropout), flags: FLAGS, hoverStep: 1500 },
  longRun(),
  fromRun('alignment-easier', 'Wiki.dropout: negative RFD', 'alignment', dropout),
  fromRun('alignment-harder', 'NLI.SUP: positive RFD', 'alignment', supervised),
  crossing(),
  fromRun('uniformity', 'Wiki.dropout', 'uniformity', dropout),
  fromRun('rfd-alignment', 'RFD of alignment as it accumulates', 'rfd-alignment', dropout),
  fromRun('rfd-uniformity', 'the same for uniformity, NLI.SUP', 'rfd-uniformity', supervised),
  fromRun('sts', 'Spearman', 'sts', supervised),
  fromRun('empty', 'nothing yet', 'alignment', { ...emptySeries(), totalSteps: 200 }),
  {
    id: 'one-point',
    about: 'one reading',
    lines: [
      { id: 'sts', label: 'Spearman', color: 'var(--ink)', dash: true, points: [{ step: 0, value: 0.61 }] },
    ],
    totalSteps: 200,
  },
  holes(),
  { ...overlaid('loss'), hoverStep: 1500 },
  overlaid('alignment'),
  overlaid('sts'),
  {
    ...overlaid('rfd-alignment'),
    id: 'overlay-before-first',
    about: 'others alone: nothing measured in the shown run',
    lines: [],
    area: null,
  },
];

type PlaneCase = { id: string; about: string; series: RunSeries; hoverStep: number | null } & {
  others?: ReturnType<typeof otherTrails>;
};
export const PLANE_CASES: PlaneCase[] = [
  { id: 'plane', about: 'Wiki.dropout', series: dropout, hoverStep: 500 },
  { id: 'plane-supervised', about: 'NLI.SUP', series: supervised, hoverStep: null },
  { id: 'plane-empty', about: 'nothing yet', series: emptySeries(), hoverStep: null },
  {
    id: 'plane-overlay',
    about: 'over two other runs and a band of seeds',
    series: dropout,
    hoverStep: null,
    others: otherTrails(OTHERS, BANDS),
  },
];

export interface HistogramCase {
  id: string;
  about: string;
  name: 'cosines' | 'mer';
  distributions: Distribution[];
}

const none = { before: null, now: null };
export const HISTOGRAM_CASES: HistogramCase[] = [
  {
    id: 'cosines',
    about: 'before and now',
    name: 'cosines',
    distributions: distributionsOf('cosines', { before: cosineSets('before'), now: cosineSets('now') }, null),
  },
  {
    id: 'cosines-before',
    about: 'before training only',
    name: 'cosines',
    distributions: distributionsOf('cosines', { before: cosineSets('before'), now: null }, null),
  },
  {
    id: 'cosines-empty',
    about: 'nothing yet',
    name: 'cosines',
    distributions: distributionsOf('cosines', none, null),
  },
  { id: 'mer', about: 'of a corpus', name: 'mer', distributions: distributionsOf('mer', none, merSets()) },
];
