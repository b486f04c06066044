// How many pairs and sentences the alignment and uniformity of a run were really measured on.
import type { MetricEvent, RunEvent } from '../run/events.ts';

export interface MeasuredCount {
  /** Positive pairs, for alignment. */
  pairs: number;
  /** Sentences, for uniformity. */
  sentences: number;
}

export interface MeasuredCounts {
  train: MeasuredCount;
  /** null in a run without evaluation pairs. */
  eval: MeasuredCount | null;
}

/** The counts of the newest measurement; null before the first one. */
export function measuredCounts(events: readonly RunEvent[]): MeasuredCounts | null {
  const count = (split: MetricEvent['split'], name: MetricEvent['name']) =>
    events.findLast(
      (event): event is MetricEvent =>
        event.type === 'metric' && event.split === split && event.name === name,
    )?.count;
  const of = (split: MetricEvent['split']): MeasuredCount | null => {
    const [pairs, sentences] = [count(split, 'alignment'), count(split, 'uniformity')];
    return pairs === undefined || sentences === undefined ? null : { pairs, sentences };
  };
  const train = of('train');
  return train && { train, eval: of('eval') };
}
