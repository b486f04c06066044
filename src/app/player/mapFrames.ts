// The recorded places of the sentences, step by step: what the map of a shared run can show.
import type { Matrix } from '../../metrics/vectors.ts';
import { unpackEmbeddings } from '../../run/embeddings.ts';
import type { RunEvent } from '../../run/events.ts';

export interface MapFrame {
  step: number;
  /** Row i is the i-th followed sentence. */
  embeddings: Matrix;
}

/** Steps ascend; of several at one step the last stays. Damaged ones are left out. */
export function framesOf(events: readonly RunEvent[]): MapFrame[] {
  const frames = new Map<number, MapFrame>();
  for (const event of events) {
    if (event.type !== 'embeddings') continue;
    const embeddings = unpackEmbeddings(event);
    if (embeddings !== undefined) frames.set(event.step, { step: event.step, embeddings });
  }
  return [...frames.values()].sort((a, b) => a.step - b.step);
}
