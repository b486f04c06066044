// The recorded embeddings of a shared run by step, as frames for its map.
import type { Matrix } from '../../metrics/vectors.ts';
import { unpackEmbeddings } from '../../run/embeddings.ts';
import type { RunEvent } from '../../run/events.ts';

export interface MapFrame {
  step: number;
  /** Row i belongs to the i-th followed sentence. */
  embeddings: Matrix;
}

/** Frames in ascending order of steps; the last one recorded at a step wins. Damaged ones are skipped. */
export function framesOf(events: readonly RunEvent[]): MapFrame[] {
  const frames = new Map<number, MapFrame>();
  for (const event of events) {
    if (event.type !== 'embeddings') continue;
    const embeddings = unpackEmbeddings(event);
    if (embeddings !== undefined) frames.set(event.step, { step: event.step, embeddings });
  }
  return [...frames.values()].sort((a, b) => a.step - b.step);
}
