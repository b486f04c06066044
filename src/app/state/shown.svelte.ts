// One run as the page shows it: its series and where its sentences are. A live run and a recorded one are the same
// thing here; only who feeds it differs.
import type { Point } from '../../data/points.ts';
import type { Matrix } from '../../metrics/vectors.ts';
import { unpackEmbeddings } from '../../run/embeddings.ts';
import type { HeaderEvent, RunEvent } from '../../run/events.ts';
import { appendEvent, cutSeries, emptySeries } from '../plots/series.ts';

export class ShownRun {
  /** Mutated in place: what depends on it depends on `revision`. */
  readonly series = emptySeries();
  revision = $state(0);
  step = $state(0);
  header = $state.raw<HeaderEvent | null>(null);
  points = $state.raw<readonly Point[]>([]);
  /** Rows in the order of `points`; fewer when points were added since. */
  initial = $state.raw<Matrix | null>(null);
  current = $state.raw<Matrix | null>(null);
  /** Remarks of the run itself: what its data cannot give. */
  notes = $state.raw<readonly string[]>([]);
  /** The record as it would be written. */
  readonly events: RunEvent[] = [];

  get totalSteps(): number {
    return this.header?.steps ?? 0;
  }

  append(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.type === 'header') this.restart(event);
      else if (event.type === 'note') this.notes = [...this.notes, event.text];
      else if (event.type === 'points') this.points = event.points;
      else if (event.type === 'embeddings') this.place(unpackEmbeddings(event), event.step, event.step === 0);
      else this.step = Math.max(this.step, event.step);
      appendEvent(this.series, event);
      if (event.type !== 'embeddings') this.events.push(event);
    }
    this.revision++;
  }

  /** A header begins the record, also when a lost device makes the run begin again. */
  private restart(header: HeaderEvent): void {
    cutSeries(this.series, -1);
    this.events.length = 0;
    this.notes = [];
    this.header = header;
    this.step = 0;
  }

  /** Forgets what came after a step: the run goes on from there. */
  rewind(step: number): void {
    cutSeries(this.series, step);
    const kept = this.events.filter((event) => event.type === 'header' || event.step <= step);
    this.events.splice(0, this.events.length, ...kept);
    this.step = step;
    this.revision++;
  }

  /** @param initial embeddings before training; asked for again, at a later step, when points were added */
  place(embeddings: Matrix | undefined, step: number, initial: boolean): void {
    if (!embeddings) return;
    if (initial) this.initial = embeddings;
    if (!initial || step === 0) this.current = embeddings;
  }
}
