// The curves of a run: its events collected into one array of readings per quantity. They are used by the page, the
// command line and the trainer. The arrays grow in place, ordered by step, so a redraw only has to process new values.
import type { Reading } from '../metrics/rfd.ts';
import type { MetricEvent, RunEvent } from '../run/events.ts';

/** An edit of a hot knob during the run, drawn as a flag on the curves. */
export interface Flag {
  step: number;
  /** "temperature 0.05 → 0.1" */
  label: string;
}

export interface BySplit {
  /** Held-out training data, drawn solid. */
  train: Reading[];
  /** Evaluation data, drawn dashed. */
  eval: Reading[];
}

/** The metrics that evaluation measures. */
export interface MetricSeries {
  alignment: BySplit;
  uniformity: BySplit;
  /** Spearman correlation on the evaluation data, -1 to 1 (not times 100). */
  sts: Reading[];
}

export interface RunSeries extends MetricSeries {
  /** Planned number of steps, from the header. */
  totalSteps: number;
  loss: Reading[];
  infonce: Reading[];
  ht: Reading[];
  flags: Flag[];
}

export function emptyMetrics(): MetricSeries {
  return { alignment: { train: [], eval: [] }, uniformity: { train: [], eval: [] }, sts: [] };
}

export function emptySeries(): RunSeries {
  return { totalSteps: 0, loss: [], infonce: [], ht: [], flags: [], ...emptyMetrics() };
}

/** Index of the first item whose step is at least `step`; the items must be ordered by step. */
export function firstFrom<T>(items: readonly T[], step: number, stepOf: (item: T) => number): number {
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (stepOf(items[middle]!) < step) from = middle + 1;
    else to = middle;
  }
  return from;
}

const stepOfReading = ({ step }: { step: number }) => step;

/** The measured quantities of a run; each has one curve. */
export type Quantity =
  'loss' | 'infonce' | 'ht' | 'sts' | `${'alignment' | 'uniformity'}-${'train' | 'eval'}`;

export function curveOf(series: RunSeries, quantity: Quantity): readonly Reading[] {
  switch (quantity) {
    case 'alignment-train':
      return series.alignment.train;
    case 'alignment-eval':
      return series.alignment.eval;
    case 'uniformity-train':
      return series.uniformity.train;
    case 'uniformity-eval':
      return series.uniformity.eval;
    default:
      return series[quantity];
  }
}

/**
 * What a curve says at a step: its newest reading at or before the step, since metrics are measured only every few
 * steps; null if there is none yet. Without a step, the newest reading of all.
 */
export function readingAt<T extends { step: number }>(curve: readonly T[], step = Infinity): T | null {
  return curve[firstFrom(curve, Math.floor(step) + 1, stepOfReading) - 1] ?? null;
}

/** Appends a reading, or replaces the one at the same step. */
function put(readings: Reading[], step: number, value: number): void {
  const last = readings.at(-1);
  if (last === undefined || last.step < step) {
    readings.push({ step, value });
    return;
  }
  const at = firstFrom(readings, step, stepOfReading);
  readings.splice(at, readings[at]!.step === step ? 1 : 0, { step, value });
}

/** Appends a measured value, in place; null values are skipped. */
export function appendMetric(metrics: MetricSeries, { name, split, step, value }: MetricEvent): void {
  if (value !== null) put(name === 'sts' ? metrics.sts : metrics[name][split], step, value);
}

/** Appends the values of an event, in place. */
export function appendEvent(series: RunSeries, event: RunEvent): void {
  switch (event.type) {
    case 'header':
      series.totalSteps = event.steps;
      break;
    case 'step':
      put(series.loss, event.step, event.loss);
      put(series.infonce, event.step, event.infonce);
      if (event.ht !== null) put(series.ht, event.step, event.ht);
      break;
    case 'metric':
      appendMetric(series, event);
      break;
    case 'edit': {
      const label = `${event.knob} ${String(event.from)} → ${String(event.to)}`;
      const after = firstFrom(series.flags, event.step + 1, stepOfReading);
      series.flags.splice(after, 0, { step: event.step, label });
      break;
    }
    default:
      break;
  }
}

const metricArrays = ({ alignment, uniformity, sts }: MetricSeries) => [
  alignment.train,
  alignment.eval,
  uniformity.train,
  uniformity.eval,
  sts,
];

/** Removes all readings after a step, in place. */
export function cutMetrics(metrics: MetricSeries, step: number): void {
  for (const readings of metricArrays(metrics)) cutArray(readings, step);
}

/** Removes all values after a step, in place. */
export function cutSeries(series: RunSeries, step: number): void {
  cutMetrics(series, step);
  for (const array of [series.loss, series.infonce, series.ht, series.flags]) cutArray(array, step);
}

function cutArray(array: { step: number }[], step: number): void {
  array.length = firstFrom(array, step + 1, stepOfReading);
}

/** A copy of all readings up to a step. */
export function metricsUpTo({ alignment, uniformity, sts }: MetricSeries, step: number): MetricSeries {
  const bySplit = (split: BySplit) => ({
    train: arrayUpTo(split.train, step),
    eval: arrayUpTo(split.eval, step),
  });
  return {
    alignment: bySplit(alignment),
    uniformity: bySplit(uniformity),
    sts: arrayUpTo(sts, step),
  };
}

/** A copy of all values up to a step. */
export function seriesUpTo(series: RunSeries, step: number): RunSeries {
  return {
    totalSteps: series.totalSteps,
    loss: arrayUpTo(series.loss, step),
    infonce: arrayUpTo(series.infonce, step),
    ht: arrayUpTo(series.ht, step),
    flags: arrayUpTo(series.flags, step),
    ...metricsUpTo(series, step),
  };
}

const arrayUpTo = <T extends { step: number }>(array: readonly T[], step: number): T[] =>
  array.slice(0, firstFrom(array, step + 1, stepOfReading));
