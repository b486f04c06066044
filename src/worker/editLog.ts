// The log of what the visitor changed in a run, and before which step, so that past steps can be replayed exactly.
import { z } from 'zod';
import { completeGroupSchema, type Group } from '../data/group.ts';
import { knobEditSchema, type KnobEdit } from '../run/knobEdit.ts';

export const editLogSchema = z.array(
  z.object({
    /** Number of steps completed before the change. */
    step: z.int(),
    edits: z.array(knobEditSchema),
    groups: z.array(completeGroupSchema),
  }),
);
export type EditLogEntry = z.infer<typeof editLogSchema>[number];

export class EditLog {
  constructor(private log: EditLogEntry[] = []) {}

  /** The changes that take effect after `step`, before the next one. */
  at(step: number): { edits: readonly KnobEdit[]; groups: readonly Group[] } {
    return this.log.find((entry) => entry.step === step) ?? { edits: [], groups: [] };
  }

  addEdits(step: number, edits: readonly KnobEdit[]): void {
    if (edits.length > 0) this.entryAt(step).edits.push(...edits);
  }

  addGroups(step: number, groups: readonly Group[]): void {
    if (groups.length > 0) this.entryAt(step).groups.push(...groups);
  }

  /** Removes the changes made after a step. */
  cut(step: number): void {
    this.log = this.log.filter((entry) => entry.step <= step);
  }

  entries(): EditLogEntry[] {
    return [...this.log];
  }

  private entryAt(step: number): EditLogEntry {
    let entry = this.log.find((candidate) => candidate.step === step);
    if (!entry) this.log.push((entry = { step, edits: [], groups: [] }));
    return entry;
  }
}
