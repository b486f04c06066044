// Saves a run's newest checkpoint: at its checkpoints, in a small share of the time; when it is idle; and at its end.
import type { RunningTraining } from '../trainer/train.ts';
import { messageOf } from '../util/failure.ts';
import type { RunContext, StartPoint } from './runContext.ts';
import type { SavedRun } from './savedRun.ts';

/** Share of the time that saving may take while steps are made. */
const TIME_SHARE = 0.05;

export class Autosave {
  /** Undefined when the run cannot be saved, or not any more. */
  private saved: SavedRun | undefined;
  private readonly branched: boolean;
  private savedStep: number;
  /** When it may be saved next, in milliseconds. */
  private nextDue = 0;
  private failureReported = false;

  constructor(
    private readonly context: Pick<RunContext, 'command' | 'editLog' | 'reports'>,
    { saved, resume, branch, branched }: StartPoint,
  ) {
    this.saved = saved;
    this.savedStep = resume?.state.step ?? 0;
    this.branched = branched ?? branch !== undefined;
  }

  /** The steps after this one are discarded: if they are saved, the run must be saved again. */
  cut(step: number): void {
    if (this.savedStep > step) this.savedStep = 0;
  }

  /** Saves the run if it is time to. @param isIdle it has been waiting for a while */
  async saveIfDue(running: RunningTraining, isIdle: boolean): Promise<void> {
    const { step, totalSteps, config } = running;
    const { saved } = this;
    if (!saved || step <= this.savedStep) return;
    const atCheckpoint = step % config.checkpointEvery === 0 && performance.now() >= this.nextDue;
    if (step === totalSteps || isIdle || atCheckpoint) await this.save(running, saved);
  }

  /** Saves nothing from now on, and lets other tabs have the run. */
  stop(): void {
    this.saved?.release();
    this.saved = undefined;
  }

  private async save(running: RunningTraining, saved: SavedRun): Promise<void> {
    const { command, editLog, reports } = this.context;
    const started = performance.now();
    const checkpoint = await running.checkpoint();
    if (this.saved !== saved) return; // stopped meanwhile
    const { config, own } = command;
    try {
      await saved.write({ checkpoint, config, own, editLog: editLog.entries(), branched: this.branched });
    } catch (error) {
      if (!this.failureReported)
        reports.note(
          running.step,
          `The run could not be saved after step ${running.step} (${messageOf(error)}); the checkpoint before it is still there, and training continues.`,
        );
      this.failureReported = true;
    }
    this.savedStep = running.step;
    const ended = performance.now();
    this.nextDue = ended + (ended - started) / TIME_SHARE;
  }
}
