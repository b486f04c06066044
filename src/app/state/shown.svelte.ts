// One run as the page shows it: its record as reactive state, and the embeddings of its sentences. Used for the live
// run and for recorded ones; only the source of their events differs.
import type { Point } from '../../data/points.ts';
import type { Matrix } from '../../metrics/vectors.ts';
import { RunRecord } from '../../record/runRecord.ts';
import { emptySeries, type RunSeries } from '../../record/series.ts';
import { unpackEmbeddings } from '../../run/embeddings.ts';
import type { HeaderEvent, RunEvent } from '../../run/events.ts';

export class ShownRun {
  /** Incremented whenever the record changes. */
  revision = $state(0);
  /** Curves up to the shown step. Mutated in place, so whatever depends on them must depend on `revision`. */
  series = $state.raw<RunSeries>(emptySeries());
  /** The step that is shown, and the last step of the record. */
  step = $state(0);
  head = $state(0);
  header = $state.raw<HeaderEvent | null>(null);
  /** What the run's data cannot provide, one sentence each. */
  notes = $state.raw<readonly string[]>([]);
  points = $state.raw<readonly Point[]>([]);
  /** Rows in the order of `points`; fewer when points were added later. */
  initial = $state.raw<Matrix | null>(null);
  current = $state.raw<Matrix | null>(null);

  constructor(readonly record = new RunRecord()) {
    this.takeEmbeddings(record.events);
    this.refresh();
    if (record.events.length > 0) this.revision++;
  }

  get totalSteps(): number {
    return this.header?.steps ?? 0;
  }

  /** Whether the shown step is earlier than the last step of the record. */
  get isShowingPast(): boolean {
    return this.step < this.head;
  }

  /**
   * Adds events and shows them.
   * @returns what the record's method returns, as do appendToFuture and cutAfter
   */
  append(events: readonly RunEvent[]): number {
    const changed = this.record.append(events);
    this.takeEmbeddings(events);
    return this.changed(changed);
  }

  /** Adds events that arrive while an earlier step is shown. */
  appendToFuture(events: readonly RunEvent[]): number {
    return this.changed(this.record.appendToFuture(events));
  }

  /** Shows a step of the record: forward as far as the record goes, or back. */
  goTo(step: number): void {
    this.record.goTo(step);
    this.changed();
  }

  /** Drops everything after a step; the run continues from there. */
  cutAfter(step: number): number {
    return this.changed(this.record.cut(step));
  }

  /** A new run with the same past, from which a branch starts. */
  branch(): ShownRun {
    const branch = new ShownRun(this.record.branch());
    branch.points = this.points;
    branch.initial = this.initial;
    branch.current = this.current;
    return branch;
  }

  /** @param initial embeddings before training; requested again, at a later step, when points were added */
  place(embeddings: Matrix | undefined, step: number, initial: boolean): void {
    if (!embeddings) return;
    if (initial) this.initial = embeddings;
    if (!initial || step === 0) this.current = embeddings;
  }

  private takeEmbeddings(events: readonly RunEvent[]): void {
    for (const event of events)
      if (event.type === 'points') this.points = event.points;
      else if (event.type === 'embeddings') this.place(unpackEmbeddings(event), event.step, event.step === 0);
  }

  private changed(from = Infinity): number {
    this.refresh();
    this.revision++;
    return from;
  }

  /** Copies the state of the record; runes notify only when a value differs. */
  private refresh(): void {
    const { shownSeries, step, head, header, notes } = this.record;
    this.series = shownSeries;
    this.step = step;
    this.head = head;
    this.header = header;
    this.notes = notes;
  }
}
