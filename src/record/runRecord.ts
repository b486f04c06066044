// The record of one run in memory: its events, its curves, and the step that is shown. A live run, a stored run, the
// bundled recorded run and a shared page all use this class; they differ only in where the events come from.
//
//   events   header | 0 ............ step | ......... head
//                     what is shown         the future: recorded before the user went back to `step`
import type { Config } from '../run/config.ts';
import { stepOf, type HeaderEvent, type RunEvent } from '../run/events.ts';
import type { Reading } from '../metrics/rfd.ts';
import {
  appendEvent,
  curveOf,
  cutSeries,
  emptySeries,
  firstFrom,
  readingAt,
  seriesUpTo,
  type Quantity,
  type RunSeries,
} from './series.ts';
import { summarize, type RunSummary } from './summary.ts';

/** Returned by methods when no event has changed. */
export const UNCHANGED = Infinity;

/** The events of a run that continues from a step: later events and the end of the run are dropped. */
export function eventsUpTo(events: readonly RunEvent[], step: number): RunEvent[] {
  return events.filter((event) => stepOf(event) <= step && event.type !== 'end');
}

export class RunRecord {
  /** Header first, then by step. Grows in place. */
  readonly events: RunEvent[] = [];
  /** Curves of the whole record; they grow in place. */
  readonly series: RunSeries = emptySeries();
  /** Curves up to the shown step; the same object as `series` unless an earlier step is shown. */
  shownSeries: RunSeries = this.series;
  /** null before the run has begun. */
  header: HeaderEvent | null = null;
  /** The notes of the run (for example what its data cannot provide), one sentence each. */
  notes: readonly string[] = [];
  /** The step that is shown. */
  step = 0;
  /** The last step of the record. */
  head = 0;
  /** After goTo, cut or branch: index of the first event that training may repeat. */
  private repeatFrom = Infinity;

  constructor(
    events: readonly RunEvent[] = [],
    /** Stored events that could not be read. */
    readonly unreadableEvents = 0,
  ) {
    this.append(events);
  }

  /** Is the shown step earlier than the last step of the record? */
  get isShowingPast(): boolean {
    return this.step < this.head;
  }

  /**
   * Adds events, each after the others of its step, and moves the shown step to the newest one. A header restarts the
   * record, except for the header of a branch, which replaces its parent's. Training that continues from an earlier
   * step repeats events that are already in the record; these only move the shown step.
   * @returns index of the first event that has changed, or UNCHANGED
   */
  append(events: readonly RunEvent[]): number {
    let changed = UNCHANGED;
    for (const event of events) {
      if (event.type === 'header') changed = this.begin(event);
      else {
        const known = this.indexOf(event, this.repeatFrom);
        if (known < 0) changed = Math.min(changed, this.insert(event));
        if (this.repeatFrom !== Infinity && !isMeasurement(event))
          this.repeatFrom = known < 0 ? this.endOf(event.step) : known + 1;
        this.show(Math.max(this.step, event.step));
      }
    }
    return changed;
  }

  /** Adds events that arrive while an earlier step is shown, without moving the shown step. @returns as append() */
  appendToFuture(events: readonly RunEvent[]): number {
    if (events.some(({ type }) => type === 'header')) return this.append(events);
    const fresh = events.filter((event) => this.indexOf(event, 0) < 0);
    const changed = fresh.map((event) => this.insert(event));
    this.show(this.step);
    return Math.min(UNCHANGED, ...changed);
  }

  /** Shows an earlier or later step. No events are removed. */
  goTo(step: number): void {
    this.show(step);
    this.repeatFrom = firstFrom(this.events, step, stepOf);
  }

  /** Removes the events after a step, and the run's `end`, so that it can continue from there. @returns as append() */
  cut(step: number): number {
    const kept = eventsUpTo(this.events, step);
    const changed = kept.length === this.events.length ? UNCHANGED : firstDifference(this.events, kept);
    this.events.splice(0, this.events.length, ...kept);
    cutSeries(this.series, step);
    this.notes = notesOf(kept);
    this.head = step;
    this.goTo(step);
    return changed;
  }

  /**
   * A new record with the events up to the shown step, from which another run continues. Edits and added groups of that
   * step are left out, because they apply to the next step.
   */
  branch(): RunRecord {
    const appliesToNextStep = (event: RunEvent) =>
      (event.type === 'edit' || event.type === 'pairs') && event.step === this.step;
    const branch = new RunRecord(this.events.filter((event) => !appliesToNextStep(event)));
    branch.cut(this.step);
    return branch;
  }

  /** The configuration at a step, with all edits of hot knobs up to it; null before the run has begun. */
  configAt(step = this.head): Config | null {
    if (this.header === null) return null;
    const { config, from } = this.header;
    // The configuration of a branch already includes the edits of its parent.
    const own = (at: number) => at <= step && (from === undefined || at >= from.step);
    const edits = this.events.flatMap((event) =>
      event.type === 'edit' && own(event.step) ? [{ [event.knob]: event.to }] : [],
    );
    return Object.assign({}, config, ...edits) as Config;
  }

  /**
   * The reading of a quantity at a step, which may lie in the future of the shown one: the newest at or before it; null if
   * there is none.
   */
  readingAt(quantity: Quantity, step = this.step): Reading | null {
    return readingAt(curveOf(this.series, quantity), step);
  }

  /** Summary of the whole record. */
  summary(): RunSummary {
    return summarize(this.series, this.head, this.readingAt('loss', this.head)?.value);
  }

  /** Adds an event after the others of its step. @returns its index */
  private insert(event: RunEvent): number {
    const step = stepOf(event);
    const at = this.endOf(step);
    if (at === this.events.length) this.events.push(event);
    else this.events.splice(at, 0, event);
    if (at < this.repeatFrom) this.repeatFrom++;
    appendEvent(this.series, event);
    if (this.shownSeries !== this.series && step <= this.step) appendEvent(this.shownSeries, event);
    if (event.type === 'note') this.notes = [...this.notes, event.text];
    this.head = Math.max(this.head, step);
    return at;
  }

  /** Index after the last event of a step. */
  private endOf(step: number): number {
    return firstFrom(this.events, step + 1, stepOf);
  }

  /** @returns index of the first event that has changed: 0, the header's */
  private begin(header: HeaderEvent): number {
    const isBranch = header.from !== undefined && this.header !== null;
    if (isBranch) this.events[0] = header;
    else {
      this.events.splice(0, this.events.length, header);
      cutSeries(this.series, -1);
      this.shownSeries = this.series;
      this.notes = [];
      this.step = this.head = 0;
      this.repeatFrom = Infinity;
    }
    this.header = header;
    for (const series of [this.series, this.shownSeries]) appendEvent(series, header);
    return 0;
  }

  /**
   * Index of an event in the record; -1 if it is not there.
   * @param from index to start from, for events that may occur more than once at a step
   */
  private indexOf(event: RunEvent, from: number): number {
    const end = this.endOf(stepOf(event));
    for (let at = firstFrom(this.events, stepOf(event), stepOf); at < end; at++) {
      const known = this.events[at]!;
      if (isMeasurement(event) ? isSameMeasurement(known, event) : at >= from && isSameChange(known, event))
        return at;
    }
    return -1;
  }

  private show(step: number): void {
    const before = this.step;
    this.step = step;
    if (step >= this.head) this.shownSeries = this.series;
    else if (this.shownSeries === this.series) this.shownSeries = seriesUpTo(this.series, step);
    else if (step < before) cutSeries(this.shownSeries, step);
    else {
      for (const event of this.events.slice(this.endOf(before), this.endOf(step)))
        appendEvent(this.shownSeries, event);
    }
  }
}

/** A step occurs once, and so does each metric at a step; edits, groups and notes may occur more than once. */
const isMeasurement = ({ type }: RunEvent): boolean => type === 'step' || type === 'metric';

/** For two events of one step: are both the step itself, or both the same metric? */
function isSameMeasurement(a: RunEvent, b: RunEvent): boolean {
  if (a.type === 'metric') return b.type === 'metric' && a.name === b.name && a.split === b.split;
  return a.type === 'step' && b.type === 'step';
}

function isSameChange(a: RunEvent, b: RunEvent): boolean {
  if (a.type === 'end') return b.type === 'end' && a.reason === b.reason;
  return a.type === b.type && JSON.stringify(a) === JSON.stringify(b);
}

const notesOf = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'note' ? [event.text] : []));

function firstDifference(a: readonly RunEvent[], b: readonly RunEvent[]): number {
  const at = a.findIndex((event, i) => event !== b[i]);
  return at < 0 ? a.length : at;
}
