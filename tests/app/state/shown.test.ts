// A run as the page keeps it: a live run and a record must end in the same state, and a run that went back must hold
// nothing from its lost future.
import { describe, expect, it } from 'vitest';
import { cosineSets, groupCosines } from '../../../src/app/state/groupCosines.ts';
import { SpeedMeter } from '../../../src/app/state/speed.ts';
import { appendEvent, cutSeries, emptySeries } from '../../../src/app/plots/series.ts';
import type { Point } from '../../../src/data/points.ts';
import { matrixFromRows } from '../../../src/metrics/vectors.ts';
import type { RunEvent } from '../../../src/run/events.ts';

const step = (n: number): RunEvent => ({
  type: 'step',
  step: n,
  loss: n,
  infonce: n / 2,
  ht: n % 2 ? null : 1,
  learningRate: 1,
  gradNorm: 1,
  plain: 1,
  generated: 1,
  tokens: 1,
  milliseconds: 1,
});
const metric = (n: number, name: 'alignment' | 'sts', value: number | null): RunEvent => ({
  type: 'metric',
  step: n,
  split: 'eval',
  name,
  value,
  mode: 'eval',
  count: 1,
});

describe('series', () => {
  it('take what an event says and leave out what is not defined', () => {
    const series = emptySeries();
    for (const event of [step(1), step(2), metric(2, 'sts', 0.5), metric(2, 'alignment', null)])
      appendEvent(series, event);
    expect(series.loss).toHaveLength(2);
    expect(series.ht).toEqual([{ step: 2, value: 1 }]);
    expect(series.sts).toEqual([{ step: 2, value: 0.5 }]);
    expect(series.alignment.eval).toEqual([]);
  });

  it('lose their future when the run goes back, and nothing else', () => {
    const series = emptySeries();
    const edit: RunEvent = { type: 'edit', step: 3, knob: 'temperature', from: 0.05, to: 0.1 };
    for (const event of [step(1), step(2), step(3), metric(3, 'sts', 0.5), edit]) appendEvent(series, event);
    cutSeries(series, 2);
    expect(series.loss.map((reading) => reading.step)).toEqual([1, 2]);
    expect(series.sts).toEqual([]);
    expect(series.flags).toEqual([]);
    cutSeries(series, 2);
    expect(series.loss).toHaveLength(2);
  });
});

describe('cosines of the followed groups', () => {
  const point = (group: string, role: Point['role']): Point => ({
    id: `${group}/${role}`,
    group,
    role,
    text: role,
  });
  const points = [
    point('a', 'anchor'),
    point('a', 'positive'),
    point('a', 'negative'),
    point('b', 'anchor'),
    point('b', 'positive'),
  ];

  it('are those of each sentence with its own anchor, whatever their lengths', () => {
    const cosines = groupCosines(
      points,
      matrixFromRows([
        [2, 0],
        [3, 0],
        [0, 5],
        [0, 1],
        [1, 1],
      ]),
    );
    expect(cosines.get('a')).toEqual({ positive: 1, negative: 0 });
    expect(cosines.get('b')!.positive).toBeCloseTo(Math.SQRT1_2, 12);
    expect(cosineSets(cosines)).toEqual({
      positive: [1, expect.closeTo(Math.SQRT1_2)],
      intermediate: [],
      negative: [0],
    });
  });

  it('wait for the rows of points that were added a moment ago', () => {
    const cosines = groupCosines(
      points,
      matrixFromRows([
        [1, 0],
        [1, 0],
        [1, 0],
      ]),
    );
    expect([...cosines.keys()]).toEqual(['a']);
    expect(cosineSets(groupCosines(points, null))).toBeNull();
  });
});

describe('the speed meter', () => {
  it('gives steps a second over the last seconds, and forgets what was before', () => {
    const meter = new SpeedMeter();
    expect(meter.mark(1, 0)).toBeNull();
    expect(meter.mark(3, 1000)).toBe(2);
    for (let second = 2; second <= 12; second++) meter.mark(3 + 10 * (second - 1), second * 1000);
    expect(meter.mark(123, 13_000)).toBeCloseTo(10, 0);
    meter.reset();
    expect(meter.mark(124, 14_000)).toBeNull();
  });
});
