// Keeps a store in step with the runs: a growing record is written about once a second, from the piece on that has
// changed. A write that fails loses nothing: what is not yet stored stays marked, and goes with the next one.
import type { RunEvent } from '../../run/events.ts';
import { StorageFailure, storageFailureOf } from './database.ts';
import { PIECE, type RunStore, type StoredRun } from './runStore.ts';

const DELAY = 1000;

/** A run as it should be stored; without events when only what is known of it may have changed. */
export interface RunToStore {
  run: StoredRun;
  events: readonly RunEvent[] | null;
}

export class RunSaver {
  /** First event that is not stored, by run; Infinity when only what is known of the run has changed. */
  private readonly changes = new Map<string, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: Promise<void> = Promise.resolve();

  /**
   * @param current what should be stored of a run; undefined when there is no such run any more
   * @param report told after every attempt: the failure, or null when all is stored
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

  /** A run is not what is stored, from one of its events on. It will be written shortly. */
  changed(id: string, from = Infinity): void {
    this.changes.set(id, Math.min(from, this.changes.get(id) ?? Infinity));
    // Not put off by further changes: a training never rests.
    this.timer ??= setTimeout(() => void this.flush(), DELAY);
  }

  /** Nothing more of this run is to be written. */
  forget(id: string): void {
    this.changes.delete(id);
  }

  /** Writes now what is not yet stored; one writing at a time. */
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
    // Another tab has cleared the run away meanwhile: all of it is here, and is written again.
    if (!(await this.store.write(run, first, piecesFrom(events, first))))
      await this.store.write(run, 0, piecesFrom(events, 0));
  }
}

function piecesFrom(events: readonly RunEvent[], first: number): RunEvent[][] {
  const pieces: RunEvent[][] = [];
  for (let at = first * PIECE; at < events.length; at += PIECE) pieces.push(events.slice(at, at + PIECE));
  return pieces;
}
