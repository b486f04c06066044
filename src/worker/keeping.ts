// When a run's checkpoint is kept: at checkpoints, in a small share of the time; at rest; and at its end.
import type { RunningTraining } from '../trainer/train.ts';
import { messageOf } from '../util/failure.ts';
import type { Keeper, KeptRun } from './keptRuns.ts';

/** Keeping takes at most this share of the time while steps are made. */
const SHARE = 0.05;

export interface KeepingHost {
  keeper: Keeper | undefined;
  /** What belongs to the run besides its checkpoint. */
  run: () => Omit<KeptRun, 'checkpoint'>;
  note: (text: string) => void;
}

export class Keeping {
  /** Step of what is kept. */
  private step: number;
  private next = 0;
  private said = false;

  constructor(
    private readonly host: KeepingHost,
    resumed: number | undefined,
  ) {
    this.step = resumed ?? 0;
  }

  /** Whoever goes back and takes another way has something new to keep. */
  cut(step: number): void {
    if (this.step > step) this.step = 0;
  }

  /** Keeps the run if it is time to. @param atRest has it waited for its next step for a while? */
  async look(running: RunningTraining, atRest: boolean): Promise<void> {
    const { step, totalSteps, config } = running;
    if (!this.host.keeper || step <= this.step) return;
    const due = step % config.checkpointEvery === 0 && performance.now() >= this.next;
    if (step === totalSteps || atRest || due) await this.write(running);
  }

  /** Nothing is kept from now on, and others may have the place. */
  stop(): void {
    this.host.keeper?.release();
    this.host.keeper = undefined;
  }

  private async write(running: RunningTraining): Promise<void> {
    const started = performance.now();
    const checkpoint = await running.checkpoint();
    try {
      await this.host.keeper!.write({ ...this.host.run(), checkpoint });
    } catch (error) {
      if (!this.said)
        this.host.note(
          `The run could not be kept after step ${running.step} (${messageOf(error)}); an earlier checkpoint stays, and training goes on.`,
        );
      this.said = true;
    }
    this.step = running.step;
    const ended = performance.now();
    this.next = ended + (ended - started) / SHARE;
  }
}
