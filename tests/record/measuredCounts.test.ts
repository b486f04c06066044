// The page and the command line say how many pairs a figure rests on; the cap of a knob is not that number.
import { expect, it } from 'vitest';
import { measuredCounts } from '../../src/record/measuredCounts.ts';
import type { MetricEvent } from '../../src/run/events.ts';

const metric = (
  split: MetricEvent['split'],
  name: MetricEvent['name'],
  count: number,
  step = 0,
): MetricEvent => ({ type: 'metric', step, split, name, value: 0.5, mode: 'train', count });

it('is of the newest measurement of each side', () => {
  const events = [
    metric('train', 'alignment', 9),
    metric('train', 'uniformity', 27),
    metric('eval', 'alignment', 6),
    metric('eval', 'uniformity', 20),
    metric('eval', 'sts', 300),
    metric('train', 'alignment', 10, 5),
    metric('train', 'uniformity', 30, 5),
  ];
  expect(measuredCounts(events)).toEqual({
    train: { pairs: 10, sentences: 30 },
    eval: { pairs: 6, sentences: 20 },
  });
});

it('has no evaluation side without scored pairs, and is null before anything was measured', () => {
  const train = [metric('train', 'alignment', 9), metric('train', 'uniformity', 27)];
  expect(measuredCounts(train)).toEqual({ train: { pairs: 9, sentences: 27 }, eval: null });
  expect(measuredCounts([])).toBeNull();
});
