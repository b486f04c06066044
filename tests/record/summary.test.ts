// One run, one summary: what the trainer reports, what `report` prints and what the page lists are the same.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RunsState } from '../../src/app/state/runs.svelte.ts';
import { appendMetric, emptyMetrics } from '../../src/record/series.ts';
import { bestSts, EMPTY_SUMMARY, summarize } from '../../src/record/summary.ts';
import { RunRecord } from '../../src/record/runRecord.ts';
import { parseRecord } from '../../src/run/record.ts';
import { metricsOf, readingsOf } from '../../src/trainer/checkpoint.ts';
import { BASE } from '../app/compare/records.ts';
import { memoryDisk } from '../app/storage/memoryRunStore.ts';
import { cli, lastJson } from '../support/cli.ts';

const path = join(import.meta.dirname, '../../public/runs/scenes.sts_ht.jsonl');
const { events } = parseRecord(readFileSync(path, 'utf8'));

it('is the same on the page, at the end of a training, and in a report', async () => {
  const metrics = emptyMetrics();
  for (const event of events) if (event.type === 'metric') appendMetric(metrics, event);
  const steps = events.flatMap((event) => (event.type === 'step' ? [event] : []));
  const trained = summarize(metricsOf(readingsOf(metrics)), steps.length, steps.at(-1)!.loss);

  const runs = new RunsState({ defaults: BASE, ...memoryDisk().tab() });
  runs.open(events, 'recorded');
  expect(runs.list[0]!.summary).toEqual(trained);

  const report = lastJson(await cli('report', path, '--json'));
  expect(report).toMatchObject(trained);
  expect(Object.keys(report)).toEqual(expect.arrayContaining(Object.keys(trained)));
  for (const key of ['sts', 'alignment', 'uniformity', 'rfd'] as const)
    expect(report[key]).toEqual(trained[key]);
  expect(trained.steps).toBe(120);
});

it('has null for what was not measured, or is not a number', () => {
  expect(new RunRecord().summary()).toEqual(EMPTY_SUMMARY);
  expect(summarize(emptyMetrics(), 3, NaN)).toEqual({ ...EMPTY_SUMMARY, steps: 3 });
  expect(bestSts({ sts: [] })).toBeNull();
});

it('takes the first of the highest scores', () => {
  const sts = [0.1, 0.5, 0.3, 0.5].map((value, step) => ({ step, value }));
  expect(bestSts({ sts })).toEqual({ step: 1, sts: 0.5 });
  expect(summarize({ ...emptyMetrics(), sts }, 3, 1).sts).toEqual({ first: 0.1, best: 0.5, last: 0.5 });
});

it('does not count the score before training as the best of the run', () => {
  const sts = [0.6, 0.4, 0.5].map((value, i) => ({ step: 10 * i, value }));
  expect(summarize({ ...emptyMetrics(), sts }, 20, 1).sts).toEqual({ first: 0.6, best: 0.5, last: 0.5 });
  expect(bestSts({ sts: sts.slice(0, 1) })).toBeNull();
});
