// The whole record of a run in memory, with its series; both grow in place.
import type { RunEvent } from '../../run/events.ts';
import { appendEvent, cutSeries, emptySeries, type RunSeries } from '../../record/series.ts';

export class LoadedRun {
  readonly events: RunEvent[] = [];
  readonly series: RunSeries = emptySeries();
  step = 0;

  constructor(
    events: readonly RunEvent[] = [],
    /** Stored events that could not be read. */
    readonly faults = 0,
  ) {
    this.append(events);
  }

  /** @returns index of the first event that is not where it was before */
  append(events: readonly RunEvent[]): number {
    let changed = this.events.length;
    for (const event of events) {
      // A header begins the record, also when a lost device makes the run begin again.
      if (event.type === 'header') {
        this.events.length = changed = this.step = 0;
        cutSeries(this.series, -1);
      } else this.step = Math.max(this.step, event.step);
      appendEvent(this.series, event);
      this.events.push(event);
    }
    return changed;
  }

  /** Drops what came after a step. @returns index of the first event that is not where it was before */
  cut(step: number): number {
    const late = (event: RunEvent) => event.type !== 'header' && event.step > step;
    const first = this.events.findIndex(late);
    cutSeries(this.series, step);
    this.step = Math.min(this.step, step);
    if (first < 0) return this.events.length;
    const kept = this.events.slice(first).filter((event) => !late(event));
    this.events.splice(first, this.events.length, ...kept);
    return first;
  }
}

/** Records by run. */
export type Records = ReadonlyMap<string, LoadedRun>;
export const NO_RECORDS: Records = new Map();

export const withRecord = (records: Records, id: string, loaded: LoadedRun): Records =>
  new Map(records).set(id, loaded);

export const withoutRecords = (records: Records, ids: readonly string[]): Records =>
  new Map([...records].filter(([id]) => !ids.includes(id)));
