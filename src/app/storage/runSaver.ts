// Keeps a store in sync with the runs: a growing record is written about once a second, starting with the first piece
// that has changed. A failed write loses nothing: unsaved changes stay marked and are written with the next ones.
import type { RunEvent } from '../../run/events.ts';
import { StorageFailure, storageFailureOf } from './database.ts';
import { PIECE, type RunStore, type StoredRun } from './runStore.ts';

const DELAY = 1000;

/** A run as it should be stored; without events when only the metadata may have changed. */
export interface RunToStore {
  run: StoredRun;
  events: readonly RunEvent[] | null;
}

export class RunSaver {
  /** The first event that is not stored, by run; Infinity when only the metadata of the run has changed. */
  private readonly changes = new Map<string, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: Promise<void> = Promise.resolve();

  /**
   * @param current what should be stored of a run; undefined when the run no longer exists
   * @param report called after every attempt with the failure, or null when everything is stored
   */
  constructor(
    private readonly store: RunStore,
    private readonly current: (id: string) => RunToStore | undefined,
    private readonly report: (failure: StorageFailure | null) => void,
  ) {
    if (typeof document !== 'undefined') {
      addEventListener('pagehide', () => void this.flush());
      document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'hidden') void this.flush();
      });
    }
  }

  /** A run differs from what is stored, from one of its events on. It is written shortly. */
  changed(id: string, from = Infinity): void {
    this.changes.set(id, Math.min(from, this.changes.get(id) ?? Infinity));
    // Not a debounce: a training changes its run continuously.
    this.timer ??= setTimeout(() => void this.flush(), DELAY);
  }

  /** Drops the unsaved changes of this run. */
  forget(id: string): void {
    this.changes.delete(id);
  }

  /** Writes unsaved changes now; one write at a time. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    if (this.changes.size === 0) return;
    const changes = [...this.changes];
    this.changes.clear();
    for (const [i, [id, from]] of changes.entries()) {
      const current = this.current(id);
      if (current === undefined) continue;
      try {
        await this.writeRun(current, from);
      } catch (error) {
        for (const [left, at] of changes.slice(i))
          this.changes.set(left, Math.min(at, this.changes.get(left) ?? Infinity));
        this.report(storageFailureOf(error));
        return;
      }
    }
    this.report(null);
  }

  private async writeRun({ run, events }: RunToStore, from: number): Promise<void> {
    if (events === null || from === Infinity) return this.store.put(run);
    const first = Math.floor(Math.min(from, events.length) / PIECE);
    // Another tab has purged the run in the meantime: this tab has all of it, and writes it again.
    if (!(await this.store.write(run, first, piecesFrom(events, first))))
      await this.store.write(run, 0, piecesFrom(events, 0));
  }
}

function piecesFrom(events: readonly RunEvent[], first: number): RunEvent[][] {
  const pieces: RunEvent[][] = [];
  for (let at = first * PIECE; at < events.length; at += PIECE) pieces.push(events.slice(at, at + PIECE));
  return pieces;
}
