// A run prepared for sharing: its record, completed with the sentences and embeddings that the page stores separately.
import type { Point } from '../../../data/points.ts';
import type { Matrix } from '../../../metrics/vectors.ts';
import { packEmbeddings } from '../../../run/embeddings.ts';
import { stepOf, type HeaderEvent, type RunEvent } from '../../../run/events.ts';

export interface SharedRun {
  name: string;
  events: readonly RunEvent[];
  /** Followed sentences; row i of the matrices is the i-th of them. Not used if the record contains embeddings. */
  points?: readonly Point[] | undefined;
  /** Embeddings [points, hidden] before training, and at `step`. */
  initial?: Matrix | null | undefined;
  current?: Matrix | null | undefined;
  /** The step of `current`. */
  step: number;
}

export const sharedHeader = (events: readonly RunEvent[]): HeaderEvent | undefined =>
  events.findLast((event) => event.type === 'header');

/** The record with sentences and embeddings inserted at their steps; unchanged if it already contains embeddings. */
export function wholeRecord({ events, points = [], initial, current, step }: SharedRun): RunEvent[] {
  const record = [...events];
  if (record.some((event) => event.type === 'embeddings') || points.length === 0) return record;
  const added: RunEvent[] = [];
  if (!record.some((event) => event.type === 'points'))
    added.push({
      type: 'points',
      step: 0,
      points: points.map(({ id, group, role, text }) => ({ id, group, role, text })),
    });
  if (initial) added.push(packEmbeddings(0, initial));
  if (current && step > 0) added.push(packEmbeddings(step, current));
  for (const event of added) insert(record, event);
  return record;
}

/** Inserts an event after all others of its step, but before the `end` event. */
function insert(record: RunEvent[], event: RunEvent): void {
  const later = record.findIndex((other) => stepOf(other) > stepOf(event) || other.type === 'end');
  record.splice(later < 0 ? record.length : later, 0, event);
}
