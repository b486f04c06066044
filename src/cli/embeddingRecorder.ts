// Records embeddings of selected sentences during a run, so that the page can draw its map from the record.
import { samplePoints, type Point } from '../data/points.ts';
import { packEmbeddings } from '../run/embeddings.ts';
import type { RunEvent } from '../run/events.ts';
import type { RunInputs } from '../trainer/prepare.ts';
import type { RunningTraining } from '../trainer/train.ts';

/** Embeddings are recorded at every EVERY-th measurement. */
const EVERY = 4;

export class EmbeddingRecorder {
  private readonly points: Point[];
  private running: RunningTraining | undefined;
  private recordedStep = -1;

  /** @param count number of sentences to follow; with 0 nothing is recorded */
  constructor(
    private readonly inputs: RunInputs,
    count: number,
    private readonly record: (event: RunEvent) => void,
  ) {
    this.points = samplePoints(inputs.groups, inputs.setting.pattern, count);
  }

  attach(running: RunningTraining): void {
    this.running = running;
  }

  /** Records the embeddings if they are due at this step, or if it is the last one. */
  async recordIfDue(): Promise<void> {
    const { running, points } = this;
    if (!running || points.length === 0 || running.step === this.recordedStep) return;
    const { step, totalSteps } = running;
    if (step % (EVERY * this.inputs.config.evaluateEvery) !== 0 && step !== totalSteps) return;
    this.recordedStep = step;
    const embedded = await running.embed(points.map(({ text }) => text));
    if (step === 0) this.record({ type: 'points', step, points });
    this.record(packEmbeddings(step, embedded));
  }
}
