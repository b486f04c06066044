// Seeks to another step of a run: restores the nearest snapshot before it and replays the steps from there with the
// changes of the edit log. If the embeddings of the followed sentences are stored for that step, they are shown
// immediately, and the weights are restored only when something needs them.
import type { RunningTraining } from '../trainer/train.ts';
import { yieldToEventLoop } from '../util/yieldToEventLoop.ts';
import type { FollowedSentences } from './followedSentences.ts';
import type { RunContext } from './runContext.ts';
import { SNAPSHOTS_BEFORE_SEEK } from './timeline.ts';

interface Target {
  step: number;
  requestedAt: number;
  /** If true, nothing is reported or shown. */
  silent: boolean;
}

export class Seeker {
  /** The next target; a newer one replaces it. */
  private target: Target | undefined;
  /** The step that is shown while the weights are still those of another step. */
  private pendingStep: number | undefined;

  constructor(
    private readonly context: Pick<RunContext, 'timeline' | 'editLog' | 'reports' | 'signal'>,
    private readonly followed: FollowedSentences,
  ) {}

  /** Requests a seek, which replaces a pending one. @param silent nothing is reported or shown */
  seek(step: number, silent = false): void {
    this.target = { step, silent, requestedAt: performance.now() };
  }

  get isRequested(): boolean {
    return this.target !== undefined;
  }

  /** Whether the weights belong to a different step than the one shown. */
  get weightsAreOutdated(): boolean {
    return this.pendingStep !== undefined;
  }

  /** The step that the page shows. */
  shownStep(running: RunningTraining): number {
    return this.pendingStep ?? running.step;
  }

  /** Goes to the requested step, and then to any newer one requested in the meantime. */
  async run(running: RunningTraining): Promise<void> {
    const { reports, signal } = this.context;
    while (this.target && !signal.aborted) {
      const { step: requested, requestedAt, silent } = this.target;
      this.target = undefined;
      const step = this.nearestReachable(requested, running);
      const isLast = step === running.totalSteps;
      const stored = silent || isLast ? undefined : this.followed.storedAt(step);
      this.pendingStep = step;
      if (!stored && !(await this.moveWeights(running))) continue;
      if (silent) continue;
      reports.seeked(step, performance.now() - requestedAt, isLast ? 'ended' : 'waiting');
      if (stored) this.followed.showStored(stored, step);
      else await this.followed.show(running, true);
    }
  }

  /** Brings the weights to the shown step. @returns false if a newer seek or the end of the run interrupted it */
  async moveWeights(running: RunningTraining): Promise<boolean> {
    if (this.pendingStep === undefined) return true;
    if (!(await this.replayTo(this.pendingStep, running))) return false;
    this.pendingStep = undefined;
    return true;
  }

  private nearestReachable(step: number, running: RunningTraining): number {
    const { steps, head } = this.context.timeline;
    return Math.max(steps[0] ?? running.step, Math.min(head, step));
  }

  private async replayTo(step: number, running: RunningTraining): Promise<boolean> {
    const { timeline, editLog, reports, signal } = this.context;
    const snapshot = timeline.before(step);
    // The current weights may be closer than any snapshot.
    if (snapshot && (running.step > step || running.step < snapshot.step)) running.goTo(snapshot);
    let added = false;
    while (running.step < step) {
      if (this.target || signal.aborted) return false;
      const { edits, groups } = editLog.at(running.step);
      await running.replayStep(edits, groups);
      if (step - running.step < SNAPSHOTS_BEFORE_SEEK) {
        timeline.addSeekSnapshot(await running.snapshot());
        added = true;
      }
      await yieldToEventLoop();
    }
    if (added) reports.timeline(timeline);
    return true;
  }
}
