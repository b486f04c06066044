// What the page works out of a shown run: cosines of the followed groups, and how fast it goes.
import { describe, expect, it } from 'vitest';
import { cosineSets, groupCosines } from '../../../src/app/state/groupCosines.ts';
import { SpeedMeter } from '../../../src/app/live/speed.ts';
import { ShownRun } from '../../../src/app/state/shown.svelte.ts';
import type { Point } from '../../../src/data/points.ts';
import { matrixFromRows } from '../../../src/metrics/vectors.ts';
import { RunRecord, UNCHANGED } from '../../../src/record/runRecord.ts';
import { packEmbeddings } from '../../../src/run/embeddings.ts';
import { header, step } from '../../record/events.ts';

describe('a shown run', () => {
  const packed = (at: number) => packEmbeddings(at, matrixFromRows([[1, 0]]));

  it('follows its record, and says when it has changed', () => {
    const run = new ShownRun();
    expect([run.revision, run.totalSteps]).toEqual([0, 0]);
    expect(run.append([header(), packed(0), step(1), step(2)])).toBe(0);
    expect(run).toMatchObject({ revision: 1, step: 2, head: 2, totalSteps: 40, isShowingPast: false });
    expect(run.initial).not.toBeNull();
    run.goTo(1);
    expect(run).toMatchObject({ revision: 2, step: 1, head: 2, isShowingPast: true });
    expect(run.series.loss).toHaveLength(1);
    expect(run.record.series.loss).toHaveLength(2);
    expect(run.append([step(2)])).toBe(UNCHANGED);
    expect(run.series).toBe(run.record.series);
    expect(run.appendToFuture([step(3)])).toBe(4);
    expect(run).toMatchObject({ step: 2, head: 3 });
  });

  it('is opened at the embeddings that its record holds, and hands them to a branch', () => {
    const run = new ShownRun(new RunRecord([header(), packed(0), step(1), packed(1), step(2)]));
    expect(run.revision).toBe(1);
    expect(run.current).not.toBe(run.initial);
    run.goTo(1);
    const branch = run.branch();
    expect(branch).toMatchObject({ step: 1, head: 1, header: run.header });
    expect([branch.initial, branch.current]).toEqual([run.initial, run.current]);
    expect(run.cutAfter(0)).toBe(2);
    expect(run).toMatchObject({ step: 0, head: 0 });
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
