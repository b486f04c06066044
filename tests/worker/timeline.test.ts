// The past of a run stays within its budget, evenly spread, and always has its first and its newest step.
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/trainer/snapshot.ts';
import { ThinnedHistory } from '../../src/worker/thinnedHistory.ts';
import { Timeline } from '../../src/worker/timeline.ts';
import { startCommand, seekTo, playToEnd, startTraining } from './harness.ts';

/** Bytes that a snapshot really takes. */
function measured({ tensors }: Snapshot): number {
  let bytes = 0;
  for (const { rows, data } of tensors.values())
    bytes += data.buffer.byteLength + (rows?.buffer.byteLength ?? 0);
  return bytes;
}

describe('a thinned history', () => {
  it.each([
    [100, 10],
    [1000, 30],
    [64, 64],
  ])('of %i steps keeps %i, evenly spread, the first and the newest among them', (steps, room) => {
    const history = new ThinnedHistory<number>(room * 8);
    for (let step = 0; step <= steps; step++) {
      history.add(step, step, 8);
      expect(history.bytes).toBeLessThanOrEqual(room * 8);
      expect(history.newest).toBe(step);
      expect(history.steps[0]).toBe(0);
    }
    const gaps = history.steps.slice(1).map((step, i) => step - history.steps[i]!);
    expect(history.steps).toHaveLength(Math.min(room, steps + 1));
    // Gaps double when the limit is reached: two sizes exist side by side, and a merged one for a moment.
    expect(Math.max(...gaps)).toBeLessThanOrEqual(4 * Math.ceil(steps / room));
  });

  it('counts the bytes of entries that are replaced, cut and cleared', () => {
    const history = new ThinnedHistory<string>(100);
    history.add(4, 'four', 10);
    history.add(0, 'zero', 10);
    history.add(4, 'again', 20);
    history.add(8, 'eight', 10);
    expect([history.steps, history.bytes, history.at(4), history.before(7)]).toEqual([
      [0, 4, 8],
      40,
      'again',
      'again',
    ]);
    history.cut(4);
    expect([history.steps, history.bytes]).toEqual([[0, 4], 30]);
    history.clear();
    expect([history.steps, history.bytes, history.newest]).toEqual([[], 0, undefined]);
  });
});

describe('the timeline', () => {
  it('stays within its budget while a run trains and its past is visited, and reports what it holds', async () => {
    const budget = 400_000;
    const run = await startTraining(
      startCommand({ steps: 40, evaluateEvery: 40, checkpointEvery: 2, measureCap: 4 }),
      {
        host: { timelineBudget: budget },
      },
    );
    const sizes: number[] = [];
    await playToEnd(run);
    for (const step of [13, 31, 30, 29, 5]) {
      await seekTo(run, step);
      sizes.push(await run.training.betweenSteps(async (running) => measured(await running.snapshot())));
    }
    const reports = run.page.all('timeline');
    for (const report of reports) {
      expect(report.bytes).toBeLessThanOrEqual(budget);
      expect(report.snapshots[0]).toBe(0);
    }
    const last = reports.at(-1)!;
    expect(last.snapshots).toContain(40);
    expect(last.budget).toBe(budget);
    expect(last.snapshots.length).toBeGreaterThan(3);
    expect(last.bytes).toBeGreaterThan(0.5 * budget);
    // The reported bytes are right: all snapshots but the first have about this size.
    const most = Math.max(...sizes);
    expect(last.bytes).toBeLessThanOrEqual((last.snapshots.length - 1) * most + 41 * 2 * 16 * 4);
    expect(last.bytes).toBeGreaterThanOrEqual((last.snapshots.length - 1) * 0.5 * Math.min(...sizes));
    await run.training.stop();
  });

  it('stores nothing of words that no batch contains', async () => {
    const run = await startTraining(startCommand({ steps: 3 }));
    const first = await run.training.betweenSteps((running) => running.snapshot());
    expect([first.bytes, measured(first)]).toEqual([0, 0]);
    await playToEnd(run);
    const last = await run.training.betweenSteps((running) => running.snapshot());
    const words = last.tensors.get('embeddings.word_embeddings.weight')!;
    expect(words.rows).not.toBeNull();
    expect(last.bytes).toBe(measured(last));
    await run.training.stop();
  });

  it('keeps the newest snapshot even when it exceeds the budget: a lost device must not cost the run', () => {
    const snapshot = (step: number, bytes: number) => ({ step, bytes }) as Snapshot;
    const timeline = new Timeline(100);
    timeline.addSnapshot(snapshot(0, 0), 0);
    for (const step of [10, 20, 30]) timeline.addSnapshot(snapshot(step, 500), 0);
    expect([timeline.steps, timeline.bytes]).toEqual([[0, 30], 500]);
    timeline.addSeekSnapshot(snapshot(15, 500));
    expect(timeline.steps).toEqual([0, 30]);
  });
});
