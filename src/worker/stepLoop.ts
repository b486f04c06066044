// The work of a training between two steps: waits at the gate, seeks to other steps, answers requests, takes snapshots,
// saves checkpoints and shows the followed sentences.
import { assertDeviceSound } from '../kernels/deviceHealth.ts';
import type { RunEvent } from '../run/events.ts';
import type { RunningTraining } from '../trainer/train.ts';
import type { Autosave } from './autosave.ts';
import type { FollowedSentences } from './followedSentences.ts';
import type { RunContext } from './runContext.ts';
import type { Seeker } from './seeker.ts';

interface StepLoopParts {
  seeker: Seeker;
  followed: FollowedSentences;
  autosave: Autosave;
}

export class StepLoop {
  /** The run is at its end because of a seek or a resume, so its `end` event was reported before. */
  private endWasReported = false;

  constructor(
    private readonly context: RunContext,
    private readonly parts: StepLoopParts,
  ) {}

  /** @param isRestart whether training restarts after a failure instead of starting for the first time */
  begin(running: RunningTraining, isRestart: boolean): void {
    this.endWasReported = !isRestart && running.step >= running.totalSteps;
  }

  report(event: RunEvent): void {
    if (event.type === 'step') this.context.idle.touch();
    if (event.type !== 'end' || !this.endWasReported) this.context.reports.event(event);
    if (event.type === 'end') this.endWasReported = false;
  }

  /** Does everything that is due, until the next step may run or a seek has reached the end of the run. */
  async beforeStep(running: RunningTraining): Promise<void> {
    const { gate, reports } = this.context;
    const { seeker } = this.parts;
    for (;;) {
      await this.runDueTasks(running);
      if (running.step >= running.totalSteps) {
        this.endWasReported = true;
        return;
      }
      if (!gate.isOpen) reports.status('waiting', seeker.shownStep(running));
      const next = await this.wait();
      if (next === 'cancelled') return;
      if (next === 'step' && (await seeker.moveWeights(running))) break;
    }
    reports.status('running', running.step);
  }

  /**
   * Keeps the weights and the past of a finished run available until another run starts.
   * @returns whether the run went back to an earlier step, from which training continues
   */
  async afterLast(running: RunningTraining): Promise<boolean> {
    const { gate, reports, signal } = this.context;
    const { seeker } = this.parts;
    const isAtEnd = () => seeker.shownStep(running) === running.totalSteps;
    while (!signal.aborted) {
      gate.pause();
      if (isAtEnd() && !seeker.isRequested) reports.status('ended', running.totalSteps);
      await this.runDueTasks(running);
      if (isAtEnd()) await this.wait();
      else if (await seeker.moveWeights(running)) return true;
    }
    return false;
  }

  private wait(): Promise<'step' | 'woken' | 'cancelled'> {
    const { gate, idle } = this.context;
    if (!gate.isOpen) idle.arm();
    return gate.wait();
  }

  private async runDueTasks(running: RunningTraining): Promise<void> {
    const { gate, idle, requests, timeline } = this.context;
    const { seeker, followed, autosave } = this.parts;
    assertDeviceSound();
    if (this.hasNothingDue(running)) {
      timeline.reach(running.step);
      return;
    }
    // Events come first, before anything else is reported or shown about the same step.
    for (const event of await running.flushEvents()) this.report(event);
    await seeker.run(running);
    const needsWeights = !requests.isEmpty || followed.needWeights;
    if (seeker.weightsAreOutdated && !(needsWeights && (await seeker.moveWeights(running)))) return;
    await this.takeSnapshot(running);
    if (running.step >= timeline.head) await autosave.saveIfDue(running, !gate.isOpen && idle.isIdle);
    // A request that arrived after a seek is about the target step of that seek.
    if (seeker.isRequested) return;
    await requests.answerAll(running);
    if (!gate.isOpen || followed.isDue) await followed.show(running);
  }

  /** Whether only the next step is due. In that case the numbers of the last steps need not be read back yet. */
  private hasNothingDue(running: RunningTraining): boolean {
    const { gate, requests } = this.context;
    const { seeker, followed } = this.parts;
    const isRequested = seeker.isRequested || seeker.weightsAreOutdated || !requests.isEmpty;
    const isCheckpoint = running.step % running.config.checkpointEvery === 0;
    return gate.isReady && !isRequested && !isCheckpoint && !this.snapshotIsDue(running) && !followed.isDue;
  }

  private snapshotIsDue({ step, totalSteps, config }: RunningTraining): boolean {
    return this.context.timeline.isDue(step, totalSteps, config.checkpointEvery);
  }

  private async takeSnapshot(running: RunningTraining): Promise<void> {
    const { reports, timeline } = this.context;
    const isDue = this.snapshotIsDue(running);
    timeline.reach(running.step);
    if (!isDue) return;
    const started = performance.now();
    const snapshot = await running.snapshot();
    timeline.addSnapshot(snapshot, performance.now() - started);
    reports.timeline(timeline);
  }
}
