// All runs of this browser, in memory and in the store: reading, changing, deleting with undo, and purging.
import { RunRecord } from '../../record/runRecord.ts';
import type { RunEvent } from '../../run/events.ts';
import { t } from '../messages/t.ts';
import { StorageFailure, storageFailureOf } from '../storage/database.ts';
import { Claims, type Claim } from '../storage/runLock.ts';
import { RunSaver } from '../storage/runSaver.ts';
import {
  parsePieces,
  parseRuns,
  type RunStore,
  type StoredRun,
  type UnreadableRun,
} from '../storage/runStore.ts';
import { NO_RECORDS, withoutRecords, withRecord, type Records } from './records.ts';

/** A deleted run is purged on a visit at least this long after the deletion. */
const UNDO_TIME = 10 * 60_000; // milliseconds

export interface StoredRunsOptions {
  /** null: nothing is stored. */
  store: RunStore | null;
  claim: (id: string) => Promise<Claim | null>;
  now: () => number;
  oncleared: ((id: string) => void) | undefined;
}

/** Whether a run is listed: from its first step on, so that merely trying out recipes does not fill the list. */
export const hasSteps = ({ summary, source }: StoredRun): boolean => summary.steps > 0 || source === 'opened';

export class StoredRuns {
  /** In no particular order, deleted runs included. */
  all = $state.raw<readonly StoredRun[]>([]);
  loaded = $state.raw<Records>(NO_RECORDS);
  unreadable = $state.raw<readonly UnreadableRun[]>([]);
  failure = $state<string | null>(null);
  /** Ids of the runs deleted in this visit, the latest last. */
  removed = $state.raw<readonly string[]>([]);

  private readonly saver: RunSaver | undefined;
  private readonly claims: Claims;
  private full = false;

  constructor(private readonly options: StoredRunsOptions) {
    const { store } = options;
    this.claims = new Claims(options.claim);
    if (store === null) return;
    const current = (id: string) => {
      const run = this.find(id);
      return run && { run, events: this.loaded.get(id)?.events ?? null };
    };
    this.saver = new RunSaver(store, current, (failure) => this.report(failure));
  }

  find(id: string): StoredRun | undefined {
    return this.all.find((run) => run.id === id);
  }

  /**
   * Reads the stored runs: at startup, and when another tab has changed them. Runs written by this tab stay as they
   * are.
   */
  async load(): Promise<void> {
    const { store, now } = this.options;
    if (store === null) return;
    try {
      const { runs, unreadable } = parseRuns(await store.list());
      const found: StoredRun[] = [];
      for (const run of runs) {
        const late =
          run.removed !== null && now() - run.removed > UNDO_TIME && !this.removed.includes(run.id);
        if (late) await this.clear(run.id);
        else if (!this.claims.has(run.id)) found.push(await this.withActualStatus(run));
      }
      const stored = runs.map(({ id }) => id);
      const here = this.all.filter(({ id }) => this.claims.has(id) || !stored.includes(id));
      // A run that another tab has purged stays here if this tab has its record.
      const kept = here.filter((run) => this.claims.has(run.id) || !hasSteps(run) || this.loaded.has(run.id));
      this.all = [...kept, ...found];
      this.unreadable = unreadable;
      // Another tab has continued a run that was read here.
      const grown = found.filter(
        ({ id, summary }) => (this.loaded.get(id)?.head ?? summary.steps) !== summary.steps,
      );
      if (grown.length > 0)
        this.loaded = withoutRecords(
          this.loaded,
          grown.map(({ id }) => id),
        );
    } catch (error) {
      this.report(storageFailureOf(error));
    }
  }

  /** A run stored as running that no tab is writing: its page was closed. */
  private async withActualStatus(run: StoredRun): Promise<StoredRun> {
    if (run.status !== 'running') return run;
    return (await this.claims.isFree(run.id)) ? { ...run, status: 'interrupted' } : run;
  }

  /**
   * The record of a run, read on first use.
   * @throws StorageFailure
   */
  async read(id: string): Promise<RunRecord> {
    const { store } = this.options;
    const known = this.loaded.get(id);
    if (known !== undefined || store === null) return known ?? new RunRecord();
    const { events, unreadableEvents } = await parsePieces(await store.read(id));
    const loaded = this.loaded.get(id) ?? new RunRecord(events, unreadableEvents);
    this.loaded = withRecord(this.loaded, id, loaded);
    return loaded;
  }

  add(run: StoredRun, record: RunRecord): void {
    this.all = [...this.all, run];
    this.loaded = withRecord(this.loaded, run.id, record);
    if (hasSteps(run)) this.saver?.changed(run.id, 0);
  }

  /** Removes runs that never completed a step. */
  sweep(): void {
    for (const { id } of this.all.filter((run) => !hasSteps(run))) this.release(id);
    this.all = this.all.filter(hasSteps);
  }

  change(id: string, part: Partial<StoredRun>): void {
    const before = this.find(id);
    if (before === undefined) return;
    const run = { ...before, ...part };
    this.all = this.all.map((one) => (one.id === id ? run : one));
    if (hasSteps(run)) this.saver?.changed(id, hasSteps(before) ? Infinity : 0);
  }

  /** The record has changed from an event on. */
  grown(id: string, from: number): void {
    const run = this.find(id);
    if (run !== undefined && hasSteps(run)) this.saver?.changed(id, from);
  }

  /**
   * Claims a run for this tab.
   * @returns false when another tab is writing the run
   */
  take(id: string): Promise<boolean> {
    return this.claims.take(id);
  }

  release(id: string): void {
    this.claims.release(id);
  }

  remove(id: string): void {
    this.change(id, { removed: this.options.now() });
    // When the store is full, the run is purged at once, and the deletion cannot be undone.
    if (this.full) void this.clear(id);
    else this.removed = [...this.removed, id];
    this.saveAndAnnounce();
  }

  undo(): string | undefined {
    const id = this.removed.at(-1);
    if (id === undefined) return undefined;
    this.removed = this.removed.slice(0, -1);
    this.change(id, { removed: null });
    this.saveAndAnnounce();
    return id;
  }

  /** Deletes a run for good, including one that cannot be read. */
  async clear(id: string): Promise<void> {
    this.saver?.forget(id);
    this.release(id);
    this.all = this.all.filter((run) => run.id !== id);
    this.unreadable = this.unreadable.filter((run) => run.id !== id);
    try {
      await this.options.store?.remove(id);
      this.options.oncleared?.(id);
      // Writes that found no room may succeed now.
      await this.saver?.flush();
    } catch (error) {
      this.report(storageFailureOf(error));
    }
  }

  async flush(): Promise<void> {
    await this.saver?.flush();
  }

  /** Writes pending changes, and notifies the other tabs. */
  saveAndAnnounce(): void {
    void this.flush().then(() => this.options.store?.announce());
  }

  private report(failure: StorageFailure | null): void {
    this.full = failure?.problem === 'quota';
    this.failure =
      failure && t(`runs.storage.${failure.problem}`, { message: failure.message.replace(/\.$/, '') });
  }
}

/** How a record ended; a record without an end event was interrupted. */
export function statusOf(events: readonly RunEvent[]): StoredRun['status'] {
  return events.findLast((event) => event.type === 'end')?.reason ?? 'interrupted';
}
