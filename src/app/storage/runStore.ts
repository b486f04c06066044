// Stores runs between visits: one record with the metadata of each run, its events in pieces, so that a growing run
// writes only its end; and the parsing of what is read back.
import { z } from 'zod';
import { EMPTY_SUMMARY, runSummarySchema, type RunSummary } from '../../record/summary.ts';
import { eventSchema, type RunEvent } from '../../run/events.ts';
import { yieldToEventLoop } from '../../util/yieldToEventLoop.ts';
import { database, storageFailureOf, type Database } from './database.ts';
import type { StoredRecord } from './userDataStore.ts';

/** Events per piece of a record; all pieces but the last are full. */
export const PIECE = 500;
/** Version of the stored format. Version 1 has a different summary; runs of any other version are left as they are. */
export const STORED_VERSION = 2;

const numberOrNull = z.number().nullable();
/** A summary of version 1; the missing figures are null. */
const summaryV1Schema = z
  .object({
    step: z.int().min(0),
    loss: numberOrNull,
    stsBest: numberOrNull,
    stsLast: numberOrNull,
    rfdAlignment: numberOrNull,
    rfdUniformity: numberOrNull,
  })
  .transform(({ step, loss, stsBest, stsLast, rfdAlignment, rfdUniformity }): RunSummary => ({
    ...EMPTY_SUMMARY,
    steps: step,
    loss,
    sts: { first: null, best: stsBest, last: stsLast },
    rfd: { alignment: rfdAlignment, uniformity: rfdUniformity },
  }));

const headerSchema = eventSchema.transform((event, context) => {
  if (event.type === 'header') return event;
  context.addIssue({ code: 'custom', message: 'not a header' });
  return z.NEVER;
});

const runSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  /** Whether the visitor chose the name; otherwise it is derived from the configuration. */
  named: z.boolean(),
  note: z.string(),
  /** Milliseconds since 1970. */
  created: z.number(),
  /** The run that this one branched off, and the step after which it did. */
  parent: z.object({ id: z.string(), step: z.int() }).nullable(),
  /** `running` in a run that no tab is writing: the page was closed. */
  status: z.enum(['running', 'finished', 'interrupted', 'failed']),
  /** Trained on this page, or opened from a file. */
  source: z.enum(['trained', 'opened']),
  /** null until the run has started. */
  header: headerSchema.nullable(),
  summary: z.union([runSummarySchema, summaryV1Schema]),
  /** When it was deleted; it can be restored until it is purged. */
  removed: z.number().nullable(),
});
/** A run without its events. */
export type StoredRun = z.infer<typeof runSchema>;

export interface UnreadableRun {
  id: string;
  /** `version`: written by another version of the page; `damaged`: not valid. */
  why: 'version' | 'damaged';
}

export interface RunStore {
  /**
   * The metadata of every run, not parsed yet.
   * @throws StorageFailure, as do all of these methods
   */
  list(): Promise<StoredRecord<unknown>[]>;
  /** The pieces of a run's record, in order. */
  read(id: string): Promise<unknown[]>;
  /** Writes the metadata of a run only. */
  put(run: StoredRun): Promise<void>;
  /**
   * Writes the metadata of a run, and its record from a piece on; existing pieces from there on are deleted.
   * @returns false, and writes nothing, when earlier pieces are missing
   */
  write(run: StoredRun, from: number, pieces: readonly (readonly RunEvent[])[]): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** Notifies the other tabs that the runs have changed. */
  announce(): void;
  /** Called when another tab has changed the runs. */
  onchanged: (() => void) | null;
}

/** All pieces of a run: [id, 0] to [id, Infinity]. */
const piecesOf = (id: string, from = 0) => IDBKeyRange.bound([id, from], [id, Infinity]);

export function indexedDbRunStore(target: Database = database): RunStore {
  const channel =
    typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('semblance-runs');
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw storageFailureOf(error);
    }
  };
  const store: RunStore = {
    onchanged: null,
    announce: () => channel?.postMessage('changed'),
    list: () =>
      attempt(async () => {
        const { store: runs } = (await target.open()).transaction('runs');
        const [keys, values] = await Promise.all([runs.getAllKeys(), runs.getAll()]);
        return keys.map((key, i) => ({ key, value: values[i] }));
      }),
    read: (id) => attempt(async () => (await target.open()).getAll('runEvents', piecesOf(id))),
    put: (run) =>
      attempt(async () => {
        await (await target.open()).put('runs', { version: STORED_VERSION, ...run }, run.id);
      }),
    write: (run, from, pieces) =>
      attempt(async () => {
        const transaction = (await target.open()).transaction(['runs', 'runEvents'], 'readwrite');
        const { done } = transaction;
        done.catch(() => undefined); // awaited below, unless a request fails first
        const events = transaction.objectStore('runEvents');
        if (from > 0 && (await events.getKey([run.id, from - 1])) === undefined) return false;
        await transaction.objectStore('runs').put({ version: STORED_VERSION, ...run }, run.id);
        await events.delete(piecesOf(run.id, from));
        for (const [i, piece] of pieces.entries()) await events.put(piece, [run.id, from + i]);
        await done;
        return true;
      }),
    remove: (id) =>
      attempt(async () => {
        const transaction = (await target.open()).transaction(['runs', 'runEvents'], 'readwrite');
        const { done } = transaction;
        done.catch(() => undefined);
        await transaction.objectStore('runs').delete(id);
        await transaction.objectStore('runEvents').delete(piecesOf(id));
        await done;
      }),
  };
  channel?.addEventListener('message', () => store.onchanged?.());
  return store;
}

// --- reading back -----------------------------------------------------------------------------------------------

/** Parses the runs that can be read and lists the others; never throws. */
export function parseRuns(records: readonly StoredRecord<unknown>[]): {
  runs: StoredRun[];
  unreadable: UnreadableRun[];
} {
  const runs: StoredRun[] = [];
  const unreadable: UnreadableRun[] = [];
  for (const { key, value } of records) {
    const parsed = runSchema.safeParse(value);
    const { version } = (value ?? {}) as { version?: unknown };
    const isKnown = version === STORED_VERSION || version === 1;
    if (isKnown && parsed.success && parsed.data.id === key) runs.push(parsed.data);
    else
      unreadable.push({
        id: key,
        why: typeof version === 'number' && !isKnown ? 'version' : 'damaged',
      });
  }
  return { runs, unreadable };
}

/** The events of a record; invalid ones are left out and counted. */
export async function parsePieces(
  pieces: readonly unknown[],
): Promise<{ events: RunEvent[]; unreadableEvents: number }> {
  const events: RunEvent[] = [];
  let unreadableEvents = 0;
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) await yieldToEventLoop();
    if (!Array.isArray(piece)) unreadableEvents++;
    else
      for (const value of piece) {
        const parsed = eventSchema.safeParse(value);
        if (parsed.success) events.push(parsed.data);
        else unreadableEvents++;
      }
  }
  return { events, unreadableEvents };
}
