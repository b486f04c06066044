// What a screen reader hears: enough to follow a training, and not every step.
import { expect, it } from 'vitest';
import { narrateProgress, narrateStatus, partOf } from '../../../src/app/desk/narration.ts';
import { appendEvent, emptySeries } from '../../../src/record/series.ts';

it('is news ten times in a run, whatever its length', () => {
  for (const total of [10, 64, 120, 5000]) {
    const parts = new Set(Array.from({ length: total }, (_, i) => partOf(i + 1, total)));
    parts.delete(0);
    expect(parts.size).toBe(10);
  }
  expect(partOf(3, 0)).toBe(0);
});

it('says where the run stands with the numbers it has, and leaves out those it has not', () => {
  const series = emptySeries();
  expect(narrateStatus('paused', 3, 120)).toBe('Paused at step 3 of 120.');
  appendEvent(series, {
    type: 'metric',
    step: 5,
    split: 'train',
    name: 'uniformity',
    value: -1.234,
    mode: 'train',
    count: 10,
  });
  expect(narrateProgress(series, 12, 120)).toBe('Step 12 of 120: held-out uniformity -1.23.');
});
