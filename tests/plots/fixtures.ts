// The fixed data of the gallery: trajectories of the paper's own runs (tests/golden/rfd.json) and seeded noise.
import golden from '../golden/rfd.json';
import type { CosineSets } from '../../src/app/plots/cosines.ts';
import { emptySeries, type RunSeries } from '../../src/record/series.ts';
import type { Reading } from '../../src/metrics/rfd.ts';
import { Random } from '../../src/util/random.ts';

/** The spike that no down-sampling may lose. */
export const SPIKE = { step: 61_803, value: 3.9 };

interface Trajectory {
  step: number[];
  alignment: number[];
  uniformity: number[];
}
const readings = (from: Trajectory, name: 'alignment' | 'uniformity'): Reading[] =>
  from.step.map((step, i) => ({ step, value: from[name][i]! }));

/** A loss that falls and jitters. */
export function fallingLoss(count: number, label: string): Reading[] {
  const random = Random.seeded(5).fork(label);
  return Array.from({ length: count }, (_, i) => {
    const share = i / count;
    return {
      step: i + 1,
      value:
        0.18 + 2.2 * Math.exp(-9 * share) + 0.06 * Math.abs(random.normal()) * (1 + Math.exp(-4 * share)),
    };
  });
}

/** One of the paper's runs, with a loss of our own: the authors' logs hold none. */
export function paperRun(label: string): RunSeries {
  const setting = golden.settings.find((one) => one.label === label)!;
  const series = emptySeries();
  series.alignment = {
    train: readings(setting.train, 'alignment'),
    eval: readings(setting.eval, 'alignment'),
  };
  series.uniformity = {
    train: readings(setting.train, 'uniformity'),
    eval: readings(setting.eval, 'uniformity'),
  };
  series.totalSteps = setting.train.step.at(-1)!;
  series.infonce = fallingLoss(400, label).map(({ step, value }) => ({
    step: Math.round((step * series.totalSteps) / 400),
    value,
  }));
  series.ht = series.infonce.map(({ step, value }) => ({ step, value: value * 0.08 }));
  series.loss = series.infonce.map(({ step, value }, i) => ({ step, value: value + series.ht[i]!.value }));
  series.sts = series.alignment.eval.map(({ step }) => ({
    step,
    value: 0.78 - 0.2 * Math.exp(-step / 600) + 0.004 * Math.sin(step),
  }));
  return series;
}

function hump(random: Random, count: number, centre: number, width: number, low = -1): number[] {
  return Array.from({ length: count }, () => Math.min(1, Math.max(low, centre + width * random.normal())));
}

export function cosineSets(state: 'before' | 'now'): CosineSets {
  const random = Random.seeded(5).fork(state);
  const centres = state === 'before' ? [0.9, 0.86, 0.81] : [0.82, 0.63, 0.18];
  const width = state === 'before' ? 0.05 : 0.12;
  return {
    positive: hump(random.fork(1), 400, centres[0]!, width),
    intermediate: hump(random.fork(2), 400, centres[1]!, width),
    negative: hump(random.fork(3), 400, centres[2]!, width),
  };
}

export function merSets(): { positive: number[]; negative: number[] } {
  const random = Random.seeded(5).fork('mer');
  return {
    positive: hump(random.fork(1), 400, 0.58, 0.16, 0),
    negative: hump(random.fork(2), 400, 0.85, 0.09, 0),
  };
}
