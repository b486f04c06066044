// Going to another step of a run: to the nearest snapshot that is not after it, and from there by training again in
// silence. Where the watched sentences were is often remembered; then it is shown at once, and the weights follow when
// something needs them.
import type { RunningTraining } from '../trainer/train.ts';
import { breathe } from '../util/breathe.ts';
import type { Script } from './script.ts';
import { VISITED, type Timeline } from './timeline.ts';
import type { Watch } from './watch.ts';

/** Milliseconds for a step and a look, above which a resting run is left alone. */
const SLOW = 1500;
/** Steps between two reports of what is remembered. */
const REPORT_EVERY = 10;

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
  /** Does a step take too long to be made again unasked? */
  private slow = false;

  constructor(
    private readonly timeline: Timeline,
    private readonly script: Script,
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

  /**
   * Fills the memory while the run rests: trains one step of the past again and looks at it, so that it can be shown
   * at once later. The weights are then owed. Returns false when nothing is left to do.
   */
  async remember(running: RunningTraining): Promise<boolean> {
    const here = this.step(running);
    const missing = this.timeline.forgotten(here, this.known);
    if (missing === undefined || this.slow || this.wish || this.host.signal.aborted) return false;
    if (this.owed === undefined && this.timeline.before(here)?.step !== here)
      this.timeline.visit(await running.snapshot());
    // Without a snapshot to return to, leaving would cost more than it brings.
    if (this.timeline.before(here)?.step !== here) return false;
    const started = performance.now();
    const from = this.timeline.before(missing)!;
    const next = running.step + 1;
    const onItsWay = this.owed !== undefined && next < this.known && !this.timeline.isLookedAt(next);
    if (!onItsWay && (running.step < from.step || running.step >= missing)) running.goTo(from);
    this.owed = here;
    await this.repeat(running);
    if (!this.timeline.isLookedAt(running.step)) await this.watch.note(running);
    this.slow = performance.now() - started > SLOW;
    if (running.step % REPORT_EVERY === 0) this.host.changed();
    await breathe();
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
