// The past of a run within a memory budget: snapshots to go back to, and embeddings of the followed sentences. Steps
// between two snapshots are replayed from the earlier one, with the changes of the edit log.
import type { Matrix } from '../metrics/vectors.ts';
import type { Snapshot } from '../trainer/snapshot.ts';
import { ThinnedHistory } from './thinnedHistory.ts';

/** Memory budget for a run's past, in bytes: the default, and the one for machines that report plenty of memory. */
export const TIMELINE_BUDGET = 384 * 2 ** 20;
export const LARGE_TIMELINE_BUDGET = 1024 * 2 ** 20;
/** Budget shares: snapshots taken during training, snapshots taken during seeks, embeddings sent to the page. */
const SHARES = { snapshots: 0.7, seekSnapshots: 0.1, embeddings: 0.2 };
/** Maximum share of the time spent on snapshots between checkpoints. */
const TIME_SHARE = 0.05;
/** Number of steps before a seek target that get a snapshot: visitors who step back once often do so again. */
export const SNAPSHOTS_BEFORE_SEEK = 4;

export class Timeline {
  /** The furthest step that the run has reached. */
  head = 0;
  private readonly snapshots: ThinnedHistory<Snapshot>;
  private readonly embeddings: ThinnedHistory<Float32Array>;
  private seekSnapshots: Snapshot[] = [];
  /** Earliest time of the next snapshot between checkpoints, in milliseconds (performance.now()). */
  private nextDue = 0;

  constructor(readonly budget: number = TIMELINE_BUDGET) {
    this.snapshots = new ThinnedHistory(budget * SHARES.snapshots);
    this.embeddings = new ThinnedHistory(budget * SHARES.embeddings);
  }

  /** Steps with a snapshot, in ascending order. */
  get steps(): number[] {
    return [...new Set([...this.snapshots.steps, ...this.seekSnapshots.map(({ step }) => step)])].sort(
      (a, b) => a - b,
    );
  }

  get bytes(): number {
    return this.snapshots.bytes + this.embeddings.bytes + this.seekBytes;
  }

  private get seekBytes(): number {
    return this.seekSnapshots.reduce((total, { bytes }) => total + bytes, 0);
  }

  /** The newest snapshot taken while training: where the run continues after a lost device. */
  get newest(): Snapshot | undefined {
    return this.snapshots.newest;
  }

  /** The last snapshot at or before a step. */
  before(step: number): Snapshot | undefined {
    const candidates = this.seekSnapshots.filter((snapshot) => snapshot.step <= step);
    const regular = this.snapshots.before(step);
    if (regular) candidates.push(regular);
    return candidates.reduce<Snapshot | undefined>(
      (best, snapshot) => (best && best.step >= snapshot.step ? best : snapshot),
      undefined,
    );
  }

  /** Call when the run has reached a step. */
  reach(step: number): void {
    this.head = Math.max(this.head, step);
  }

  /**
   * Whether to take a snapshot at this step. Only new steps (at the head) get one: the first, the last and every
   * checkpoint, and as many in between as the time share allows.
   */
  isDue(step: number, totalSteps: number, checkpointEvery: number): boolean {
    if (step < this.head) return false;
    const { newest } = this;
    if (newest === undefined || step === totalSteps) return newest?.step !== step;
    if (step <= newest.step) return false;
    if (step % checkpointEvery === 0) return true;
    const spacing = Math.max(1, Math.ceil((totalSteps * newest.bytes) / (this.budget * SHARES.snapshots)));
    return step - newest.step >= spacing && performance.now() >= this.nextDue;
  }

  /** @param milliseconds time it took to take the snapshot */
  addSnapshot(snapshot: Snapshot, milliseconds: number): void {
    this.snapshots.add(snapshot.step, snapshot, snapshot.bytes);
    this.nextDue = performance.now() + milliseconds / TIME_SHARE;
  }

  /** Adds a snapshot taken during a seek; the oldest of these are dropped first. */
  addSeekSnapshot(snapshot: Snapshot): void {
    if (this.snapshots.at(snapshot.step)) return;
    this.seekSnapshots = [...this.seekSnapshots.filter(({ step }) => step !== snapshot.step), snapshot];
    while (this.seekBytes > this.budget * SHARES.seekSnapshots) this.seekSnapshots.shift();
  }

  /** Stores embeddings of the followed sentences as float32, which is lossless because encoders compute in float32. */
  addEmbeddings(step: number, { data }: Matrix): void {
    this.embeddings.add(step, Float32Array.from(data), data.length * 4);
  }

  embeddingsAt(step: number, rows: number): Matrix | undefined {
    const data = this.embeddings.at(step);
    return data && { data: Float64Array.from(data), rows, dimension: data.length / rows };
  }

  /** Call when the followed sentences have changed. */
  clearEmbeddings(): void {
    this.embeddings.clear();
  }

  /** Discards everything after a step, which becomes the head. */
  cut(step: number): void {
    this.head = step;
    this.snapshots.cut(step);
    this.embeddings.cut(step);
    this.seekSnapshots = this.seekSnapshots.filter((snapshot) => snapshot.step <= step);
  }
}
