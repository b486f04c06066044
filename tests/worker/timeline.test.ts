// The past of a run: within its budget, evenly spread, and never without its first and its newest step.
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/trainer/snapshot.ts';
import { ThinnedHistory } from '../../src/worker/thinnedHistory.ts';
import { Timeline } from '../../src/worker/timeline.ts';
import { command, goTo, playToEnd, started } from './page.ts';

/** Bytes that the snapshot really holds. */
function measured({ tensors }: Snapshot): number {
  let bytes = 0;
  for (const { rows, data } of tensors.values())
    bytes += data.buffer.byteLength + (rows?.buffer.byteLength ?? 0);
  return bytes;
}

describe('things kept within a limit', () => {
  it.each([
    [100, 10],
    [1000, 30],
    [64, 64],
  ])('of %i steps %i stay, evenly spread, the first and the newest among them', (steps, room) => {
    const kept = new ThinnedHistory<number>(room * 8);
    for (let step = 0; step <= steps; step++) {
      kept.add(step, step, 8);
      expect(kept.bytes).toBeLessThanOrEqual(room * 8);
      expect(kept.newest).toBe(step);
      expect(kept.steps[0]).toBe(0);
    }
    const gaps = kept.steps.slice(1).map((step, i) => step - kept.steps[i]!);
    expect(kept.steps).toHaveLength(Math.min(room, steps + 1));
    // Gaps double as room runs out, so that two sizes live side by side, and a merged one for a moment.
    expect(Math.max(...gaps)).toBeLessThanOrEqual(4 * Math.ceil(steps / room));
  });

  it('are replaced, cut and cleared with their bytes', () => {
    const kept = new ThinnedHistory<string>(100);
    kept.add(4, 'four', 10);
    kept.add(0, 'zero', 10);
    kept.add(4, 'again', 20);
    kept.add(8, 'eight', 10);
    expect([kept.steps, kept.bytes, kept.at(4), kept.before(7)]).toEqual([[0, 4, 8], 40, 'again', 'again']);
    kept.cut(4);
    expect([kept.steps, kept.bytes]).toEqual([[0, 4], 30]);
    kept.clear();
    expect([kept.steps, kept.bytes, kept.newest]).toEqual([[], 0, undefined]);
  });
});

describe('the timeline', () => {
  it('keeps to its budget while a run trains and is gone back in, and says truly what it holds', async () => {
    const budget = 400_000;
    const run = await started(command({ steps: 40, evaluateEvery: 40, checkpointEvery: 2, measureCap: 4 }), {
      host: { timelineBudget: budget },
    });
    const sizes: number[] = [];
    await playToEnd(run);
    for (const step of [13, 31, 30, 29, 5]) {
      await goTo(run, step);
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
    // What is reported as held is held: snapshots of about this size each, but the first.
    const most = Math.max(...sizes);
    expect(last.bytes).toBeLessThanOrEqual((last.snapshots.length - 1) * most + 41 * 2 * 16 * 4);
    expect(last.bytes).toBeGreaterThanOrEqual((last.snapshots.length - 1) * 0.5 * Math.min(...sizes));
    await run.training.stop();
  });

  it('keeps nothing of words that no batch has touched', async () => {
    const run = await started(command({ steps: 3 }));
    const first = await run.training.betweenSteps((running) => running.snapshot());
    expect([first.bytes, measured(first)]).toEqual([0, 0]);
    await playToEnd(run);
    const last = await run.training.betweenSteps((running) => running.snapshot());
    const words = last.tensors.get('embeddings.word_embeddings.weight')!;
    expect(words.rows).not.toBeNull();
    expect(last.bytes).toBe(measured(last));
    await run.training.stop();
  });

  it('holds the newest step even when it is larger than the budget: a lost device must not cost the run', () => {
    const snapshot = (step: number, bytes: number) => ({ step, bytes }) as Snapshot;
    const timeline = new Timeline(100);
    timeline.addSnapshot(snapshot(0, 0), 0);
    for (const step of [10, 20, 30]) timeline.addSnapshot(snapshot(step, 500), 0);
    expect([timeline.steps, timeline.bytes]).toEqual([[0, 30], 500]);
    timeline.addSeekSnapshot(snapshot(15, 500));
    expect(timeline.steps).toEqual([0, 30]);
  });
});
