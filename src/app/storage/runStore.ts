// Where the runs lie between visits: what is known of each in one record, its events in pieces, so that a growing run
// writes only its end; and the parsing of what comes back.
import { z } from 'zod';
import { EMPTY_SUMMARY, runSummarySchema, type RunSummary } from '../../record/summary.ts';
import { eventSchema, type RunEvent } from '../../run/events.ts';
import { yieldToEventLoop } from '../../util/yieldToEventLoop.ts';
import { database, storageFailureOf, type Database } from './database.ts';
import type { Stored } from './ownStore.ts';

/** Events in one piece of a record; all pieces but the last are full. */
export const PIECE = 500;
/** Version of what is stored of a run. Version 1 differs in its summary; runs of any other are left as they are. */
export const STORED_VERSION = 2;

const numberOrNull = z.number().nullable();
/** A summary of version 1; the figures that it lacks are null. */
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
  /** The visitor gave the name; it is not worked out from the configuration. */
  named: z.boolean(),
  note: z.string(),
  /** Milliseconds since 1970. */
  created: z.number(),
  /** The run this one branched off from, and after which of its steps. */
  parent: z.object({ id: z.string(), step: z.int() }).nullable(),
  /** `running` in a record that nobody writes: the page was closed. */
  status: z.enum(['running', 'finished', 'interrupted', 'failed']),
  /** Trained in this page, or opened from a file. */
  source: z.enum(['trained', 'opened']),
  /** null until the run has begun. */
  header: headerSchema.nullable(),
  summary: z.union([runSummarySchema, summaryV1Schema]),
  /** When it was deleted; it can be brought back until it is cleared away. */
  removed: z.number().nullable(),
});
/** A run without its events. */
export type StoredRun = z.infer<typeof runSchema>;

export interface UnreadableRun {
  id: string;
  /** `version`: another version of the page wrote it; `damaged`: it is not what it should be. */
  why: 'version' | 'damaged';
}

export interface RunStore {
  /** What is known of each run, not yet looked at. @throws StorageFailure, as all of these do */
  list(): Promise<Stored<unknown>[]>;
  /** The pieces of a run's record, in order. */
  read(id: string): Promise<unknown[]>;
  /** Writes what is known of a run, and nothing else. */
  put(run: StoredRun): Promise<void>;
  /**
   * Writes a run, and its record from a piece on: what lay there from that piece on is gone.
   * @returns false, and nothing is written, when the pieces before it are not there
   */
  write(run: StoredRun, from: number, pieces: readonly (readonly RunEvent[])[]): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** Tells the other tabs that the runs are not what they were. */
  announce(): void;
  /** Told by another tab. */
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

/** Takes the runs that can be read and names the others; never throws. */
export function parseRuns(records: readonly Stored<unknown>[]): {
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

/** The events of a record; those that are not sound are left out and counted. */
export async function parsePieces(
  pieces: readonly unknown[],
): Promise<{ events: RunEvent[]; faults: number }> {
  const events: RunEvent[] = [];
  let faults = 0;
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) await yieldToEventLoop();
    if (!Array.isArray(piece)) faults++;
    else
      for (const value of piece) {
        const parsed = eventSchema.safeParse(value);
        if (parsed.success) events.push(parsed.data);
        else faults++;
      }
  }
  return { events, faults };
}
