// The readouts are a promise to teachers' scripts: each name once, whatever is shown, and nothing made up.
import { describe, expect, it } from 'vitest';
import { runningDifficulty } from '../../../src/app/plots/area.ts';
import {
  distributionsOf,
  histogramLegend,
  legendOf,
  linesOf,
  tableOf,
  type Evidence,
} from '../../../src/app/plots/evidence.ts';
import { emptySeries, type RunSeries } from '../../../src/record/series.ts';
import { paperRun } from '../../plots/fixtures.ts';

const NAMES = ['loss', 'alignment', 'uniformity', 'plane', 'rfd-alignment', 'rfd-uniformity', 'sts'] as const;

function evidence(series: RunSeries): Evidence {
  const { alignment, uniformity } = series;
  return {
    series,
    alignment: runningDifficulty()(alignment.train, alignment.eval),
    uniformity: runningDifficulty()(uniformity.train, uniformity.eval),
  };
}

const readouts = (series: RunSeries) =>
  NAMES.flatMap((name) => legendOf(name, evidence(series)))
    .filter(({ readout }) => readout !== undefined)
    .map(({ readout, value }) => [readout, value] as const);

describe('readouts', () => {
  it('has every name of the contract exactly once', () => {
    const names = readouts(emptySeries()).map(([name]) => name);
    expect(names.toSorted()).toEqual(
      [
        'loss',
        'loss-infonce',
        'loss-ht',
        'alignment-train',
        'alignment-eval',
        'uniformity-train',
        'uniformity-eval',
        'rfd-alignment',
        'rfd-uniformity',
        'sts',
      ].toSorted(),
    );
  });

  it('holds null, not zero or NaN, before anything is measured', () => {
    for (const [name, value] of readouts(emptySeries())) expect(value, name).toBeNull();
  });

  it('says from which step the triplet loss is when the last batch held no groups', () => {
    const series = paperRun('Wiki.dropout');
    const ht = () => legendOf('loss', evidence(series)).find(({ readout }) => readout === 'loss-ht')!;
    expect(ht().current).toBe(true);
    const step = series.ht.at(-1)!.step;
    series.loss.push({ step: step + 1, value: 0.0001 });
    expect(ht()).toMatchObject({ at: step, current: false, value: series.ht.at(-1)!.value });
  });

  it('holds the last readings', () => {
    const series = paperRun('Wiki.dropout');
    const values = Object.fromEntries(readouts(series));
    expect(values['alignment-train']).toBe(series.alignment.train.at(-1)!.value);
    expect(values['uniformity-eval']).toBe(series.uniformity.eval.at(-1)!.value);
    expect(values.loss).toBe(series.loss.at(-1)!.value);
    expect(values['rfd-alignment']).toBeCloseTo(-0.149, 3); // the paper's figure
    expect(values['rfd-uniformity']).toBeCloseTo(-0.265, 3);
  });
});

describe('curves', () => {
  it('draws evaluation data dashed and held-out training data solid, everywhere', () => {
    for (const name of ['alignment', 'uniformity'] as const) {
      const dashes = linesOf(name, evidence(emptySeries())).map(({ id, dash }) => [id, dash === true]);
      expect(Object.fromEntries(dashes)).toEqual({ train: false, eval: true });
    }
  });

  it('draws one loss curve when the triplet loss is off', () => {
    const series = paperRun('Wiki.dropout');
    expect(linesOf('loss', evidence(series))).toHaveLength(3);
    series.ht = [];
    expect(linesOf('loss', evidence(series)).map(({ id }) => id)).toEqual(['loss']);
  });

  it('gives a table with a column for each curve', () => {
    for (const name of NAMES) {
      const { columns, rows } = tableOf(name, evidence(paperRun('NLI.SUP')));
      expect(rows.length, name).toBeGreaterThan(10);
      for (const row of rows) expect(row).toHaveLength(columns.length);
    }
  });
});

describe('histograms', () => {
  it('shows each role in its colour, before and now, and its mean', () => {
    const sets = { positive: [0.8, 0.6], intermediate: [], negative: [0.1] };
    const found = distributionsOf('cosines', { before: sets, now: sets }, null);
    expect(found.map(({ id, color }) => [id, color])).toEqual([
      ['positive', 'var(--role-positive)'],
      ['intermediate', 'var(--role-intermediate)'],
      ['negative', 'var(--role-negative)'],
    ]);
    expect(histogramLegend(found).map(({ value }) => value)).toEqual([0.7, null, 0.1, undefined]);
    // Nothing to compare with: no word of "before".
    expect(histogramLegend(distributionsOf('cosines', { before: null, now: sets }, null))).toHaveLength(3);
  });
});
