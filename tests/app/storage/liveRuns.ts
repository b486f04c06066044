// Runs as the page's trainer makes them: a record that grows, and a list of runs that is told.
import type { RunsState, StoredRun } from '../../../src/app/state/runs.svelte.ts';
import { RunRecord } from '../../../src/record/runRecord.ts';
import type { RunEvent } from '../../../src/run/events.ts';

const records = new WeakMap<RunsState, Map<string, RunRecord>>();

export function begin(runs: RunsState, id: string, parent: StoredRun['parent'] = null): void {
  const record = new RunRecord();
  records.set(runs, new Map(records.get(runs)).set(id, record));
  runs.begin(id, record, parent);
}

/** To a run that was begun with the function above. */
export function append(runs: RunsState, id: string, events: readonly RunEvent[]): void {
  runs.changed(id, records.get(runs)!.get(id)!.append(events));
}
