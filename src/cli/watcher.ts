// Records where some sentences are while a run goes, so that the page can draw its map from the record.
import { samplePoints, type Point } from '../data/points.ts';
import { packEmbeddings } from '../run/embeddings.ts';
import type { RunEvent } from '../run/events.ts';
import type { RunInputs } from '../trainer/prepare.ts';
import type { RunningTraining } from '../trainer/train.ts';

/** Measurements from one look to the next. */
const EVERY = 4;

export class Watcher {
  private readonly points: Point[];
  private running: RunningTraining | undefined;
  private seen = -1;

  /** @param count sentences to follow; 0: none, and nothing is recorded */
  constructor(
    private readonly inputs: RunInputs,
    count: number,
    private readonly record: (event: RunEvent) => void,
  ) {
    this.points = samplePoints(inputs.groups, inputs.setting.pattern, count);
  }

  follow(running: RunningTraining): void {
    this.running = running;
  }

  /** Looks if this step was measured, and at the last one. */
  async look(): Promise<void> {
    const { running, points } = this;
    if (!running || points.length === 0 || running.step === this.seen) return;
    const { step, totalSteps } = running;
    if (step % (EVERY * this.inputs.config.evaluateEvery) !== 0 && step !== totalSteps) return;
    this.seen = step;
    const embedded = await running.embed(points.map(({ text }) => text));
    if (step === 0) this.record({ type: 'points', step, points });
    this.record(packEmbeddings(step, embedded));
  }
}
