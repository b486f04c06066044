// What the live training is given, and what it needs of others.
import type { RunEvent } from '../../run/events.ts';
import type { KnobName } from '../../run/knobs.ts';

export interface KnobEdit {
  knob: KnobName;
  value: unknown;
}

/** A run whose page was closed, and its record. */
export interface UnfinishedRun {
  id: string;
  events: readonly RunEvent[];
  /** Was it training when the page was closed? */
  playing: boolean;
}
