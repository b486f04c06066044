// Looking at the watched sentences while a run trains: not too often, and not in vain.
import type { Matrix } from '../metrics/vectors.ts';
import type { RunningTraining } from '../trainer/train.ts';
import type { Timeline } from './timeline.ts';

/** The watched sentences are embedded between steps, in at most this share of the time. */
const SHARE = 0.2;
/** And no more often than this, in milliseconds. */
const INTERVAL = 33;

export interface WatchHost {
  timeline: Timeline;
  /** Sentences with the weights before training. */
  before: (sentences: readonly string[]) => Promise<Matrix>;
  show: (embeddings: Matrix, step: number, initial: boolean) => void;
}

export class Watch {
  private next = 0;
  /** Step of the last look. */
  private step = -1;
  /** Other sentences than at the last look. */
  private stale = true;

  constructor(
    private sentences: readonly string[],
    private readonly host: WatchHost,
  ) {}

  /** Has nothing been seen yet? */
  get isNew(): boolean {
    return this.step < 0;
  }

  get isDue(): boolean {
    return this.isNew || performance.now() >= this.next;
  }

  set(sentences: readonly string[]): void {
    this.sentences = sentences;
    this.host.timeline.forgetLooks();
    this.refresh();
  }

  /** The next look is news, whatever was seen. */
  refresh(): void {
    this.stale = true;
  }

  /** Does the next look need the weights, whatever is remembered? */
  get isStale(): boolean {
    return this.stale && this.sentences.length > 0;
  }

  /** Shows where the sentences are, if anything has changed since the last look. @param anew shows it in any case */
  async look(running: RunningTraining, anew = false): Promise<void> {
    if (this.sentences.length === 0 || (this.step === running.step && !this.stale && !anew)) return;
    const started = performance.now();
    const { sentences, stale } = this;
    const { step } = running;
    if (stale && step > 0) this.host.show(await this.host.before(sentences), step, true);
    this.stale = false;
    const embeddings = await running.embed(sentences);
    this.step = step;
    const now = performance.now();
    this.next = now + Math.max(INTERVAL, (now - started) / SHARE);
    if (sentences === this.sentences) this.host.timeline.keepLook(step, embeddings);
    this.host.show(embeddings, step, step === 0);
  }

  /** Is it known where they were at a step? */
  remembers(step: number): boolean {
    return !this.stale && this.host.timeline.look(step, this.sentences.length) !== undefined;
  }

  /** Shows where they were at a step; the weights are not asked. */
  recall(step: number): void {
    this.step = step;
    this.host.show(this.host.timeline.look(step, this.sentences.length)!, step, step === 0);
  }
}
