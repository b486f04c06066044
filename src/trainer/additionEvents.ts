// The events that record the user's groups that were added to a running training.
import type { Group } from '../data/group.ts';
import type { RunEvent } from '../run/events.ts';
import type { AddedGroups } from './prepare.ts';

/** The groups that are trained on from now on, and a note for each that the setting cannot use. */
export function additionEvents(step: number, { accepted, rejected }: AddedGroups): RunEvent[] {
  const notes = rejected.map((text) => ({ type: 'note', step, text }) as const);
  return accepted.length > 0 ? [{ type: 'pairs', step, groups: accepted.map(recorded) }, ...notes] : notes;
}

const recorded = ({ id, anchor, positive, intermediate, negative }: Group) => {
  return { id, anchor, positive, intermediate, negative };
};
