// A run as it is added to the stored runs: one that starts training, or one opened from a file.
import type { RunRecord } from '../../record/runRecord.ts';
import { EMPTY_SUMMARY } from '../../record/summary.ts';
import type { HeaderEvent } from '../../run/events.ts';
import { t } from '../messages/t.ts';
import type { StoredRun } from '../storage/runStore.ts';
import { statusOf } from './storedRuns.svelte.ts';

/** @param created milliseconds since 1970 */
export function newTrainedRun(id: string, created: number, parent: StoredRun['parent']): StoredRun {
  return {
    id,
    name: t('runs.name.new'),
    named: false,
    note: '',
    created,
    parent,
    status: 'running',
    source: 'trained',
    header: null,
    summary: EMPTY_SUMMARY,
    removed: null,
  };
}

/** @param created milliseconds since 1970 */
export function newOpenedRun(
  id: string,
  created: number,
  name: string,
  header: HeaderEvent,
  record: RunRecord,
): StoredRun {
  return {
    id,
    name,
    named: true,
    note: '',
    created,
    parent: null,
    status: statusOf(record.events),
    source: 'opened',
    header,
    summary: record.summary(),
    removed: null,
  };
}
