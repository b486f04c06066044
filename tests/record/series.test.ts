// The curves of a run: what they take from its events, and what is left of them when the run goes back.
import { describe, expect, it } from 'vitest';
import {
  appendEvent,
  cutSeries,
  emptySeries,
  firstFrom,
  metricsUpTo,
  seriesUpTo,
} from '../../src/record/series.ts';
import { edit, header, metric, step } from './events.ts';

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
    const turned = edit(3, 0.05, 0.1);
    for (const event of [step(1), step(2), step(3), metric(3, 'sts', 0.5), turned])
      appendEvent(series, event);
    cutSeries(series, 2);
    expect(series.loss.map((reading) => reading.step)).toEqual([1, 2]);
    expect(series.sts).toEqual([]);
    expect(series.flags).toEqual([]);
    cutSeries(series, 2);
    expect(series.loss).toHaveLength(2);
  });

  it('hold one reading a step, in the order of the steps, however the events come', () => {
    const series = emptySeries();
    for (const [n, value] of [
      [4, 0.4],
      [2, 0.2],
      [4, 0.5],
      [3, 0.3],
    ] as const)
      appendEvent(series, metric(n, 'sts', value));
    expect(series.sts).toEqual([
      { step: 2, value: 0.2 },
      { step: 3, value: 0.3 },
      { step: 4, value: 0.5 },
    ]);
  });

  it('are copied up to a step, and the copy grows by itself', () => {
    const series = emptySeries();
    for (const event of [header(), step(1), metric(1, 'alignment', 1, 'train'), step(2), edit(2, 1, 2)])
      appendEvent(series, event);
    const copy = seriesUpTo(series, 1);
    const early = emptySeries();
    for (const event of [header(), step(1), metric(1, 'alignment', 1, 'train')]) appendEvent(early, event);
    expect(copy).toEqual(early);
    appendEvent(copy, step(9));
    expect(series.loss.map((reading) => reading.step)).toEqual([1, 2]);
    expect(metricsUpTo(series, 0).alignment.train).toEqual([]);
  });

  it('are searched by step', () => {
    const of = (wanted: number) => firstFrom([1, 2, 2, 5], wanted, (n) => n);
    expect([0, 1, 2, 3, 5, 6].map(of)).toEqual([0, 0, 1, 3, 3, 4]);
  });
});
