// Going to another step of a run: to the nearest snapshot that is not after it, and from there by training again in
// silence. Where the watched sentences were is often remembered; then it is shown at once, and the weights follow when
// something needs them.
import type { RunningTraining } from '../trainer/train.ts';
import { breathe } from '../util/breathe.ts';
import type { EditLog } from './editLog.ts';
import { VISITED, type Timeline } from './timeline.ts';
import type { Watch } from './watch.ts';

export interface TravelHost {
  /** The run is given up: no step more. */
  signal: AbortSignal;
  /** The step is reached, as far as the page can see. */
  sought: (step: number, milliseconds: number) => void;
  /** Snapshots have come or gone. */
  changed: () => void;
}

interface Wish {
  step: number;
  since: number;
  /** Nobody looks: nothing is said or shown. */
  silent: boolean;
}

export class Travel {
  /** The furthest step that the run has reached. */
  known = 0;
  private wish: Wish | undefined;
  /** The step that is shown, or will be, while the weights are those of another one. */
  private owed: number | undefined;

  constructor(
    private readonly timeline: Timeline,
    private readonly script: EditLog,
    private readonly watch: Watch,
    private readonly host: TravelHost,
  ) {}

  /** The newest wish counts; one that is on its way is given up. */
  want(step: number, silent = false): void {
    this.wish = { step, silent, since: performance.now() };
  }

  get isWanted(): boolean {
    return this.wish !== undefined;
  }

  /** The step that the run is at, as far as anybody can see. */
  step(running: RunningTraining): number {
    return this.owed ?? running.step;
  }

  get owesWeights(): boolean {
    return this.owed !== undefined;
  }

  /** Goes where it is wanted. */
  async go(running: RunningTraining): Promise<void> {
    while (this.wish && !this.host.signal.aborted) {
      const wish = this.wish;
      this.wish = undefined;
      const step = this.reachable(wish.step);
      const remembered = !wish.silent && step < running.totalSteps && this.watch.remembers(step);
      this.owed = step;
      if (!remembered && !(await this.settle(running))) continue;
      if (wish.silent) continue;
      this.host.sought(step, performance.now() - wish.since);
      if (remembered) this.watch.recall(step);
      else await this.watch.look(running, true);
    }
  }

  /** Brings the weights to the step that is shown. Returns whether they are there: a newer wish goes first. */
  async settle(running: RunningTraining): Promise<boolean> {
    if (this.owed === undefined) return true;
    if (!(await this.moveWeights(running, this.owed))) return false;
    this.owed = undefined;
    return true;
  }

  /** The nearest step that can be gone to. */
  private reachable(step: number): number {
    const first = this.timeline.kept[0] ?? 0;
    return Math.max(first, Math.min(this.known, step));
  }

  private async moveWeights(running: RunningTraining, step: number): Promise<boolean> {
    const from = this.timeline.before(step)!;
    // Where it stands may be nearer than any snapshot.
    if (running.step > step || running.step < from.step) running.goTo(from);
    let visited = false;
    while (running.step < step) {
      if (this.wish || this.host.signal.aborted) return false;
      await this.repeat(running);
      if (step - running.step < VISITED) {
        this.timeline.visit(await running.snapshot());
        visited = true;
      }
      await breathe();
    }
    if (visited) this.host.changed();
    return true;
  }

  private async repeat(running: RunningTraining): Promise<void> {
    const { edits, groups } = this.script.at(running.step);
    await running.repeat(edits, groups);
  }
}
