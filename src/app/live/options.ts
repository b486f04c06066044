// What the live training is given, and what it needs of others.
import type { RunEvent } from '../../run/events.ts';

/** A run whose page was closed, and its record. */
export interface UnfinishedRun {
  id: string;
  events: readonly RunEvent[];
  /** Was it training when the page was closed? */
  playing: boolean;
}
