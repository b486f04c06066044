// Several runs in one plot: means and bands are of the steps that all have, tooltips and tables name the runs.
import { describe, expect, it } from 'vitest';
import {
  evidenceOf,
  otherColumns,
  otherLines,
  otherTrails,
  spreadOf,
  type OtherRun,
  type SeedBand,
} from '../../../src/app/plots/overlay.ts';
import { linesOf } from '../../../src/app/plots/evidence.ts';
import { MAX_ROWS, runTable } from '../../../src/app/plots/runTable.ts';
import { rfd } from '../../../src/metrics/rfd.ts';
import { RunRecord } from '../../../src/record/runRecord.ts';
import { record } from '../compare/records.ts';

const series = (offset: number, steps = 60) => new RunRecord(record({}, offset, steps)).series;
const other = (id: string, offset: number): OtherRun => ({
  id,
  name: `run ${id}`,
  color: id,
  series: series(offset),
});
const readings = (...pairs: [number, number][]) => pairs.map(([step, value]) => ({ step, value }));

describe('the spread of curves', () => {
  it('is mean, lowest and highest at the steps that all of them have', () => {
    const curves = [
      readings([0, 1], [5, 2], [10, NaN], [15, 4]),
      readings([0, 3], [5, 2], [10, 1], [20, 9]),
      readings([0, 8], [5, 5], [10, 1], [15, 1]),
    ];
    expect(spreadOf(curves)).toEqual([
      { step: 0, mean: 4, low: 1, high: 8 },
      { step: 5, mean: 3, low: 2, high: 5 },
    ]);
    expect(spreadOf([])).toEqual([]);
  });
});

describe('other runs in a plot', () => {
  const members = [series(0), series(0.1), series(0.5, 40)];
  const band: SeedBand = { id: 'seeds', name: '3 seeds', color: 'blue', ids: ['a', 'b', 'c'], members };

  it('of the fitting difficulty show the mean of the members’ own', () => {
    const [line] = otherLines('rfd-alignment', [], [band]);
    const own = members.map(
      ({ alignment: { train, eval: evaluation } }) =>
        rfd(
          train.filter(({ step }) => step <= 40),
          evaluation,
        ).value,
    );
    expect(line!.points.at(-1)!.step).toBe(40); // the shortest ends the band
    expect(line!.points.at(-1)!.value).toBeCloseTo((own[0]! + own[1]! + own[2]!) / 3, 12);
    expect(line!.spread!.low.at(-1)!.value).toBeCloseTo(Math.min(...own), 12);
  });

  it('have their names over every column', () => {
    expect(otherColumns('alignment', [other('x', 0.2)], [band]).map(({ label }) => label)).toEqual([
      '3 seeds: evaluation, mean',
      '3 seeds: evaluation, lowest',
      '3 seeds: evaluation, highest',
      '3 seeds: held-out training, mean',
      '3 seeds: held-out training, lowest',
      '3 seeds: held-out training, highest',
      'run x: evaluation',
      'run x: held-out training',
    ]);
    const plane = otherColumns('plane', [other('x', 0.2)], []).map(({ label }) => label);
    expect(plane).toContain('run x: evaluation, uniformity');
    expect(new Set(plane).size).toBe(4);
    expect(otherTrails([other('x', 0.2)], []).map(({ points }) => points.length)).toEqual([13, 13]);
  });

  it('that grow are looked at again, those that ended are not computed again', () => {
    const growing = new RunRecord(record({}, 0, 20));
    const run = { id: 'g', name: 'g', color: '', series: growing.series };
    expect(otherLines('rfd-alignment', [run], [])[0]!.points).toHaveLength(4);
    growing.append(record({}, 0, 25).filter((event) => event.type === 'metric' && event.step === 25));
    expect(otherLines('rfd-alignment', [run], [])[0]!.points).toHaveLength(5);
    expect(otherLines('loss', [], [band])[0]).toBe(otherLines('loss', [], [band])[0]);
  });
});

describe('the tooltip’s table', () => {
  const own = { name: 'this run', lines: linesOf('alignment', evidenceOf(series(0))) };
  const runs = [0.1, 0.2, 0.3, 0.4, 0.5].map((offset, i) => other(String(i), offset));
  const table = (value: number | null) =>
    runTable(60, own, otherLines('alignment', runs, []), 'Alignment', value);

  it('has the shown run first, then those nearest to the pointer, in their order, and counts the rest', () => {
    const high = table(0.85);
    expect(high.rows.map(({ name }) => name)).toEqual(['this run', 'run 1', 'run 2', 'run 3', 'run 4']);
    expect(high.rows).toHaveLength(MAX_ROWS);
    expect(high.more).toBe(1);
    expect(high.columns.map(({ label, dash }) => [label, dash])).toEqual([
      ['held-out training', false],
      ['evaluation', true],
    ]);
    expect(high.rows[4]!.cells[0]!.value).toBe(runs[4]!.series.alignment.train.at(-1)!.value);
  });

  it('without a pointer looks around the shown run', () => {
    const names = table(null).rows.map(({ name }) => name);
    expect(names).toHaveLength(MAX_ROWS);
    expect(names[0]).toBe('this run');
  });

  it('leaves out a run that has measured nothing', () => {
    const empty = { ...other('e', 0), series: new RunRecord().series };
    expect(runTable(60, own, otherLines('alignment', [empty], []), '', null).rows).toHaveLength(1);
  });
});
