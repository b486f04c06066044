// The past of a run, within a budget of memory: snapshots to go back to, and where the watched sentences were. What
// lies between two snapshots is trained again, silently, with the changes that the script has recorded.
import type { Matrix } from '../metrics/vectors.ts';
import type { Snapshot } from '../trainer/snapshot.ts';
import { ThinnedHistory } from './thinnedHistory.ts';

/** Bytes that the past of a run may take: on any machine, and on one that says it has plenty. */
export const TIMELINE_BUDGET = 384 * 2 ** 20;
export const AMPLE_BUDGET = 1024 * 2 ** 20;
/** Snapshots along the way, those around a step that was gone back to, and embeddings that were sent to the page. */
const SHARES = { snapshots: 0.7, visited: 0.1, looks: 0.2 };
/** Snapshots between checkpoints are taken in at most this share of the time. */
const TIME_SHARE = 0.05;
/** Steps before a sought one that get a snapshot on the way: who steps back once often does so again. */
export const VISITED = 4;

export class Timeline {
  private readonly snapshots: ThinnedHistory<Snapshot>;
  private readonly looks: ThinnedHistory<Float32Array>;
  private visited: Snapshot[] = [];
  /** When the next one between checkpoints may be taken. */
  private next = 0;

  constructor(readonly budget: number = TIMELINE_BUDGET) {
    this.snapshots = new ThinnedHistory(budget * SHARES.snapshots);
    this.looks = new ThinnedHistory(budget * SHARES.looks);
  }

  /** Steps that can be gone to at once. */
  get kept(): number[] {
    return [...new Set([...this.snapshots.steps, ...this.visited.map(({ step }) => step)])].sort(
      (a, b) => a - b,
    );
  }

  get bytes(): number {
    return this.snapshots.bytes + this.looks.bytes + this.visitedBytes;
  }

  private get visitedBytes(): number {
    return this.visited.reduce((total, { bytes }) => total + bytes, 0);
  }

  /** The newest along the way: what a lost device costs no more than. */
  get newest(): Snapshot | undefined {
    return this.snapshots.newest;
  }

  /** The nearest one that is not after a step. */
  before(step: number): Snapshot | undefined {
    const near = this.visited.filter((snapshot) => snapshot.step <= step);
    const candidates = [...near, ...[this.snapshots.before(step) ?? []].flat()];
    return candidates.reduce<Snapshot | undefined>(
      (best, snapshot) => (best && best.step >= snapshot.step ? best : snapshot),
      undefined,
    );
  }

  /**
   * Shall this step, the furthest so far, have a snapshot? The first, the last and every checkpoint have one; between
   * them as many as fit, if they cost little time.
   */
  isDue(step: number, totalSteps: number, checkpointEvery: number): boolean {
    const { newest } = this;
    if (newest === undefined || step === totalSteps) return newest?.step !== step;
    if (step <= newest.step) return false;
    if (step % checkpointEvery === 0) return true;
    const spacing = Math.max(1, Math.ceil((totalSteps * newest.bytes) / (this.budget * SHARES.snapshots)));
    return step - newest.step >= spacing && performance.now() >= this.next;
  }

  /** @param milliseconds that making it took */
  add(snapshot: Snapshot, milliseconds: number): void {
    this.snapshots.add(snapshot.step, snapshot, snapshot.bytes);
    this.next = performance.now() + milliseconds / TIME_SHARE;
  }

  /** Keeps a step that was gone back to; the oldest of these go first. */
  visit(snapshot: Snapshot): void {
    if (this.snapshots.at(snapshot.step)) return;
    this.visited = [...this.visited.filter(({ step }) => step !== snapshot.step), snapshot];
    while (this.visitedBytes > this.budget * SHARES.visited) this.visited.shift();
  }

  /** Keeps where the watched sentences are; exact, as an encoder computes in single precision. */
  keepLook(step: number, { data }: Matrix): void {
    this.looks.add(step, Float32Array.from(data), data.length * 4);
  }

  /** Where the watched sentences were at a step, if they were looked at then. */
  look(step: number, rows: number): Matrix | undefined {
    const look = this.looks.at(step);
    return look && { data: Float64Array.from(look), rows, dimension: look.length / rows };
  }

  /** Other sentences are watched now. */
  forgetLooks(): void {
    this.looks.clear();
  }

  /** What came after a step will not come again. */
  cut(step: number): void {
    this.snapshots.cut(step);
    this.looks.cut(step);
    this.visited = this.visited.filter((snapshot) => snapshot.step <= step);
  }
}
