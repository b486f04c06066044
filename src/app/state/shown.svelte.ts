// One run as the page shows it: its series and where its sentences are. A live run and a recorded one are the same
// thing here; only who feeds it differs.
import type { Point } from '../../data/points.ts';
import type { Matrix } from '../../metrics/vectors.ts';
import { unpackEmbeddings } from '../../run/embeddings.ts';
import { stepOf, type HeaderEvent, type RunEvent } from '../../run/events.ts';
import { appendEvent, cutSeries, emptySeries, type RunSeries } from '../../record/series.ts';

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
  /** The record as it would be written, up to the step that is shown. */
  readonly events: RunEvent[] = [];
  /** What the record holds after that step: the visitor has gone back in time. */
  readonly future: RunEvent[] = [];
  /** The curves of the whole record, while there is a future. */
  whole = $state.raw<RunSeries | null>(null);
  /** The last step the record holds. */
  head = $state(0);

  get totalSteps(): number {
    return this.header?.steps ?? 0;
  }

  append(events: readonly RunEvent[]): void {
    for (const event of events) {
      // A branch's header stands before the past it shares with its parent.
      if (event.type === 'header' && event.from !== undefined && this.header !== null) {
        this.header = this.events[0] = event;
        continue;
      }
      if (event.type === 'header') this.restart(event);
      else if (event.type === 'note') this.notes = [...this.notes, event.text];
      else if (event.type === 'points') this.points = event.points;
      else if (event.type === 'embeddings') this.place(unpackEmbeddings(event), event.step, event.step === 0);
      else this.step = Math.max(this.step, event.step);
      appendEvent(this.series, event);
      if (event.type !== 'embeddings') this.events.push(event);
    }
    this.overtake();
    this.revision++;
  }

  /** Events that came while an earlier step is shown. */
  keep(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (this.whole) appendEvent(this.whole, event);
      if (event.type !== 'embeddings') this.future.push(event);
    }
    this.head = Math.max(this.head, ...events.map(stepOf));
    this.revision++;
  }

  /** Shows a step of the record: forward as far as it goes, or back. */
  goTo(step: number): void {
    if (step < this.step) {
      this.whole ??= seriesOf([...this.events, ...this.future]);
      const kept = this.events.findIndex((event) => stepOf(event) > step);
      if (kept >= 0) this.future.unshift(...this.events.splice(kept));
      cutSeries(this.series, step);
    } else {
      const later = this.future.findIndex((event) => stepOf(event) > step);
      for (const event of this.future.splice(0, later < 0 ? this.future.length : later)) {
        appendEvent(this.series, event);
        this.events.push(event);
      }
    }
    this.step = step;
    if (this.future.length === 0) this.whole = null;
    this.revision++;
  }

  /** A new record with the same past: what a branch starts from. */
  branch(): ShownRun {
    const branch = new ShownRun();
    branch.points = this.points;
    branch.initial = this.initial;
    branch.append(this.events);
    branch.current = this.current;
    branch.step = this.step;
    return branch;
  }

  /** A header begins the record, also when a lost device makes the run begin again. */
  private restart(header: HeaderEvent): void {
    cutSeries(this.series, -1);
    this.events.length = 0;
    this.notes = [];
    this.header = header;
    this.step = 0;
  }

  /** The run has come past a part of its future once more: that part is now. */
  private overtake(): void {
    const later = this.future.findIndex((event) => stepOf(event) > this.step);
    this.future.splice(0, later < 0 ? this.future.length : later);
    if (this.future.length === 0) this.whole = null;
    this.head = this.future.length === 0 ? this.step : Math.max(this.head, this.step);
  }

  /** Forgets what came after a step: the run goes on from there. */
  rewind(step: number): void {
    cutSeries(this.series, step);
    const kept = this.events.filter((event) => stepOf(event) <= step);
    this.events.splice(0, this.events.length, ...kept);
    this.future.length = 0;
    this.whole = null;
    this.step = this.head = step;
    this.revision++;
  }

  /** @param initial embeddings before training; asked for again, at a later step, when points were added */
  place(embeddings: Matrix | undefined, step: number, initial: boolean): void {
    if (!embeddings) return;
    if (initial) this.initial = embeddings;
    if (!initial || step === 0) this.current = embeddings;
  }
}

function seriesOf(events: readonly RunEvent[]): RunSeries {
  const series = emptySeries();
  for (const event of events) appendEvent(series, event);
  return series;
}
