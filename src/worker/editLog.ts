// What the visitor changed, and before which step: replayed, it makes a run repeat itself.
import { z } from 'zod';
import { completeGroupSchema, type Group } from '../data/group.ts';
import { knobEditSchema, type KnobEdit } from '../run/knobEdit.ts';

export const editLogSchema = z.array(
  z.object({
    /** Updates made when the change came. */
    step: z.int(),
    edits: z.array(knobEditSchema),
    groups: z.array(completeGroupSchema),
  }),
);
type Entry = z.infer<typeof editLogSchema>[number];

export class EditLog {
  constructor(private entries: Entry[] = []) {}

  /** What is changed at a step, before the next one is made. */
  at(step: number): { edits: readonly KnobEdit[]; groups: readonly Group[] } {
    return this.entries.find((entry) => entry.step === step) ?? { edits: [], groups: [] };
  }

  noteEdits(step: number, edits: readonly KnobEdit[]): void {
    if (edits.length > 0) this.entry(step).edits.push(...edits);
  }

  noteGroups(step: number, groups: readonly Group[]): void {
    if (groups.length > 0) this.entry(step).groups.push(...groups);
  }

  /** Forgets what was changed after a step. */
  cut(step: number): void {
    this.entries = this.entries.filter((entry) => entry.step <= step);
  }

  all(): readonly Entry[] {
    return this.entries;
  }

  private entry(step: number): Entry {
    let entry = this.entries.find((known) => known.step === step);
    if (!entry) this.entries.push((entry = { step, edits: [], groups: [] }));
    return entry;
  }
}
