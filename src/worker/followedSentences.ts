// Embeds the sentences followed on the map: between steps, within a small share of the training time, and only when
// something has changed. Embeddings are stored in the timeline, so that a past step can be shown without its weights.
import type { Matrix } from '../metrics/vectors.ts';
import type { RunningTraining } from '../trainer/train.ts';
import type { InitialEmbedder } from './initialEmbedder.ts';
import type { RunContext } from './runContext.ts';

/** Maximum share of the time spent on embedding during training. */
const TIME_SHARE = 0.2;
/** Minimum interval between two updates, in milliseconds. */
const INTERVAL = 33;

export class FollowedSentences {
  private sentences: readonly string[];
  /** Earliest time of the next update, in milliseconds (performance.now()). */
  private nextDue = 0;
  /** Step of the embeddings that the page shows; null before the first. */
  private shownStep: number | null = null;
  /** True if the page has no embeddings of these sentences yet, or has embeddings from a device that was lost. */
  private outdated = true;

  constructor(
    private readonly context: Pick<RunContext, 'command' | 'reports' | 'timeline'>,
    private readonly initial: InitialEmbedder,
  ) {
    this.sentences = context.command.follow;
  }

  get hasShown(): boolean {
    return this.shownStep !== null;
  }

  get isDue(): boolean {
    return !this.hasShown || performance.now() >= this.nextDue;
  }

  /** Whether the sentences have to be embedded regardless of what the timeline has stored. */
  get needWeights(): boolean {
    return this.outdated && this.sentences.length > 0;
  }

  replace(sentences: readonly string[]): void {
    this.sentences = sentences;
    this.context.timeline.clearEmbeddings();
    this.invalidate();
  }

  /** Makes the next `show` embed the sentences again. */
  invalidate(): void {
    this.outdated = true;
  }

  /**
   * Embeds the sentences and reports the embeddings if the page shows another step or other sentences.
   * @param always reports them in any case
   */
  async show(running: RunningTraining, always = false): Promise<void> {
    const { sentences, outdated } = this;
    const { reports, timeline } = this.context;
    const { step } = running;
    if (sentences.length === 0 || (this.shownStep === step && !outdated && !always)) return;
    const started = performance.now();
    if (outdated && step > 0) reports.embeddings(await this.initial.embed(sentences), step, true);
    this.outdated = false;
    const embeddings = await running.embed(sentences);
    this.shownStep = step;
    const ended = performance.now();
    this.nextDue = ended + Math.max(INTERVAL, (ended - started) / TIME_SHARE);
    if (sentences === this.sentences) timeline.addEmbeddings(step, embeddings);
    reports.embeddings(embeddings, step, step === 0);
  }

  /** The stored embeddings [sentences, hidden] at a step, if there are any. */
  storedAt(step: number): Matrix | undefined {
    return this.outdated ? undefined : this.context.timeline.embeddingsAt(step, this.sentences.length);
  }

  showStored(embeddings: Matrix, step: number): void {
    this.shownStep = step;
    this.context.reports.embeddings(embeddings, step, step === 0);
  }
}
