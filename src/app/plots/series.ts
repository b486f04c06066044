// What the plots draw: the events of a run, gathered into series. Plain data and one function; the worker's events,
// a recorded run and a file opened by the visitor all go through it.
import type { RunEvent } from '../../run/events.ts';
import type { Reading } from '../../metrics/rfd.ts';

/** A hot knob turned while the run went: a flag on the curves. */
export interface Flag {
  step: number;
  /** "temperature 0.05 → 0.1" */
  label: string;
}

export interface BySplit {
  /** Held-out training data: drawn solid. */
  train: Reading[];
  /** Evaluation data: drawn dashed. */
  eval: Reading[];
}

export interface RunSeries {
  totalSteps: number;
  loss: Reading[];
  infonce: Reading[];
  ht: Reading[];
  alignment: BySplit;
  uniformity: BySplit;
  /** Spearman's correlation, x 1. */
  sts: Reading[];
  flags: Flag[];
}

export function emptySeries(): RunSeries {
  return {
    totalSteps: 0,
    loss: [],
    infonce: [],
    ht: [],
    alignment: { train: [], eval: [] },
    uniformity: { train: [], eval: [] },
    sts: [],
    flags: [],
  };
}

/** Appends what an event says to the series, in place. */
export function appendEvent(series: RunSeries, event: RunEvent): void {
  switch (event.type) {
    case 'header':
      series.totalSteps = event.steps;
      break;
    case 'step':
      series.loss.push({ step: event.step, value: event.loss });
      series.infonce.push({ step: event.step, value: event.infonce });
      if (event.ht !== null) series.ht.push({ step: event.step, value: event.ht });
      break;
    case 'metric': {
      if (event.value === null) break;
      const reading = { step: event.step, value: event.value };
      if (event.name === 'sts') series.sts.push(reading);
      else series[event.name][event.split].push(reading);
      break;
    }
    case 'edit':
      series.flags.push({
        step: event.step,
        label: `${event.knob} ${String(event.from)} → ${String(event.to)}`,
      });
      break;
    default:
      break;
  }
}

/** Drops what was measured after a step, in place. */
export function cutSeries(series: RunSeries, step: number): void {
  const cut = (readings: { step: number }[]) => {
    const kept = readings.findIndex((reading) => reading.step > step);
    if (kept >= 0) readings.length = kept;
  };
  const { alignment, uniformity } = series;
  for (const readings of [series.loss, series.infonce, series.ht, series.sts, series.flags]) cut(readings);
  for (const readings of [alignment.train, alignment.eval, uniformity.train, uniformity.eval]) cut(readings);
}
