// The records of runs that are in memory, by run id. The map is replaced as a whole on a change, so that it can be
// reactive.
import type { RunRecord } from '../../record/runRecord.ts';

export type Records = ReadonlyMap<string, RunRecord>;
export const NO_RECORDS: Records = new Map();

export const withRecord = (records: Records, id: string, record: RunRecord): Records =>
  new Map(records).set(id, record);

export const withoutRecords = (records: Records, ids: readonly string[]): Records =>
  new Map([...records].filter(([id]) => !ids.includes(id)));
