// A run prepared for sharing: its record, completed with the sentences and embeddings that the page stores separately.
import type { Point } from '../../../data/points.ts';
import type { Matrix } from '../../../metrics/vectors.ts';
import { packEmbeddings } from '../../../run/embeddings.ts';
import type { RunRecord } from '../../../record/runRecord.ts';
import { stepOf, type RunEvent } from '../../../run/events.ts';

export interface SharedRun {
  name: string;
  record: RunRecord;
  /** Followed sentences; row i of the matrices is the i-th of them. */
  points?: readonly Point[] | undefined;
  /** Embeddings [points, hidden] before training, and at `step`. */
  initial?: Matrix | null | undefined;
  current?: Matrix | null | undefined;
  /** The step of `current`. */
  step: number;
}

/**
 * The record's events with sentences and embeddings inserted at their steps. The embeddings are those that are shown,
 * before training and now, instead of any in the record itself.
 */
export function wholeRecord({ record, points = [], initial, current, step }: SharedRun): RunEvent[] {
  const events = record.events.filter(({ type }) => type !== 'embeddings');
  if (points.length === 0) return events;
  const added: RunEvent[] = [];
  if (!events.some((event) => event.type === 'points'))
    added.push({
      type: 'points',
      step: 0,
      points: points.map(({ id, group, role, text }) => ({ id, group, role, text })),
    });
  if (initial) added.push(packEmbeddings(0, initial));
  if (current && step > 0) added.push(packEmbeddings(step, current));
  for (const event of added) insert(events, event);
  return events;
}

/** Inserts an event after all others of its step, but before the `end` event. */
function insert(events: RunEvent[], event: RunEvent): void {
  const later = events.findIndex((other) => stepOf(other) > stepOf(event) || other.type === 'end');
  events.splice(later < 0 ? events.length : later, 0, event);
}
