// Notes on entries that products in F16 saturated. The first time brings one, and then whenever the number of times has
// doubled, so that a run that saturates in every step has few of them.
import type { RunEvent } from '../run/events.ts';

type NoteEvent = Extract<RunEvent, { type: 'note' }>;

export class SaturationNotes {
  private times = 0;
  private entries = 0;
  private pending: NoteEvent[] = [];

  /** @param entries number of entries that were saturated since the last call, up to this step */
  add(step: number, entries: number): void {
    if (entries === 0) return;
    this.times++;
    this.entries += entries;
    if (!Number.isInteger(Math.log2(this.times))) return;
    const since = this.times === 1 ? '' : ` In all it was ${this.entries} so far.`;
    this.pending.push({ type: 'note', step, text: `Up to step ${step} ${saturated(entries)}${since}` });
  }

  take(): NoteEvent[] {
    return this.pending.splice(0);
  }
}

const saturated = (entries: number): string =>
  `${entries} ${entries === 1 ? 'entry' : 'entries'} of what the matrix products multiply lay beyond 65504, the largest number ` +
  'of half precision (gradients are multiplied by 1024 before), and became it; take precision f32 if there are many.';
