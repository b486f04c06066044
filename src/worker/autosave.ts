// Autosave of a run's newest checkpoint: at regular checkpoints (within a small share of the training time), when the
// run is idle, and at its end.
import type { RunningTraining } from '../trainer/train.ts';
import { messageOf } from '../util/failure.ts';
import type { RunContext, StartPoint } from './runContext.ts';
import type { SavedRun } from './savedRun.ts';

/** Maximum share of the time spent on saving during training. */
const TIME_SHARE = 0.05;

export class Autosave {
  /** Undefined if the run cannot be saved, or can no longer be saved. */
  private saved: SavedRun | undefined;
  private readonly branched: boolean;
  private savedStep: number;
  /** Earliest time of the next save, in milliseconds (performance.now()). */
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

  /** Call when the steps after `step` are discarded: if the saved checkpoint is one of them, the run is saved again. */
  cut(step: number): void {
    if (this.savedStep > step) this.savedStep = 0;
  }

  /** Saves the run if a save is due. @param isIdle whether the run has been waiting for a while */
  async saveIfDue(running: RunningTraining, isIdle: boolean): Promise<void> {
    const { step, totalSteps, config } = running;
    const { saved } = this;
    if (!saved || step <= this.savedStep) return;
    const atCheckpoint = step % config.checkpointEvery === 0 && performance.now() >= this.nextDue;
    if (step === totalSteps || isIdle || atCheckpoint) await this.save(running, saved);
  }

  /** Stops saving for good and releases the run, so that other tabs can open it. */
  stop(): void {
    this.saved?.release();
    this.saved = undefined;
  }

  private async save(running: RunningTraining, saved: SavedRun): Promise<void> {
    const { command, editLog, reports } = this.context;
    const started = performance.now();
    const checkpoint = await running.checkpoint();
    if (this.saved !== saved) return; // stopped in the meantime
    const { config, userGroups } = command;
    try {
      await saved.write({
        checkpoint,
        config,
        userGroups,
        editLog: editLog.entries(),
        branched: this.branched,
      });
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
