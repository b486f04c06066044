// The page's state of the run that is being trained: its record, what it was started with, and how far it has come.
import type { Group } from '../../data/group.ts';
import { pointsOf } from '../../data/points.ts';
import type { RunEvent } from '../../run/events.ts';
import { PATTERNS, settingName } from '../../run/settings.ts';
import type { Report, StartCommand } from '../../worker/protocol.ts';
import { followedPoints } from '../state/sentences.ts';
import { ShownRun } from '../state/shown.svelte.ts';
import type { Launch } from './launch.ts';
import type { Parent, Recorder, UnfinishedRun } from './options.ts';
import { SpeedMeter } from './speed.ts';

export class LiveRun {
  shown = $state.raw(new ShownRun());
  /** Its id among the stored runs. */
  id = $state('');
  /** null before the first run. */
  launch = $state.raw<Launch | null>(null);
  stepsPerSecond = $state<number | null>(null);
  /** Incremented when the weights have changed. */
  weights = $state(0);
  /** Steps with a snapshot, and the memory used by the snapshots in bytes. */
  snapshots = $state.raw<{ steps: readonly number[]; bytes: number; budget: number } | null>(null);
  /** The number of the run in messages to and from the worker. */
  private number = 0;
  private readonly speed = new SpeedMeter();

  constructor(
    private readonly recorder: Recorder,
    private readonly newId: () => string,
  ) {}

  get secondsLeft(): number | null {
    const { totalSteps, step } = this.shown;
    if (this.stepsPerSecond === null || totalSteps === 0) return null;
    return Math.max(0, totalSteps - step) / this.stepsPerSecond;
  }

  /** The first step that can be shown: a branch starts where it left its parent. */
  get firstStep(): number {
    return this.snapshots?.steps[0] ?? 0;
  }

  /** Whether an earlier step is shown than the run has reached. */
  get isShowingPast(): boolean {
    return this.shown.isShowingPast;
  }

  /**
   * Starts a run from step 0.
   * @returns the command for the worker, as do the next two methods
   */
  start(launch: Launch): StartCommand {
    const run = new ShownRun();
    run.points = followedPoints(launch.data, launch.setting.pattern);
    return this.begin(run, launch, null);
  }

  /** Starts a run from the weights of the shown step. */
  branch(launch: Launch): StartCommand {
    const parent = { id: this.id, step: this.shown.step };
    return this.begin(this.shown.branch(), launch, parent);
  }

  /** Resumes a run that an earlier visit left unfinished. */
  resume({ id, record }: UnfinishedRun, launch: Launch): StartCommand {
    const run = new ShownRun(record);
    run.points = followedPoints(launch.data, launch.setting.pattern);
    return this.begin(run, launch, null, id);
  }

  private begin(run: ShownRun, launch: Launch, parent: Parent | null, resumed?: string): StartCommand {
    this.launch = launch;
    this.speed.reset();
    this.stepsPerSecond = null;
    this.snapshots = null;
    this.shown = run;
    this.id = resumed ?? this.newId();
    if (resumed === undefined) this.recorder.begin(this.id, run.record, parent);
    const { setting, config, data } = launch;
    return {
      type: 'start',
      run: ++this.number,
      setting,
      config,
      groups: [...data.groups],
      userGroups: [...data.userGroups],
      sharedAnchors: [...data.sharedAnchors],
      sts: [...data.sts],
      files: [settingName(setting)],
      follow: run.points.map(({ text }) => text),
      saveAs: this.id,
      ...(parent !== null && { branch: { step: parent.step } }),
      ...(resumed !== undefined && { resume: true }),
    };
  }

  /** Whether a report is about this run, or about no run. */
  isAboutThisRun(report: object): boolean {
    return !('run' in report) || report.run === this.number;
  }

  /** Restarts the speed measurement, so that the pause since the last step does not count. */
  restartSpeedMeasurement(): void {
    this.speed.reset();
  }

  show(step: number): void {
    if (step !== this.shown.step && step <= this.shown.head) this.shown.goTo(step);
  }

  /** Drops everything after a step: the run continues from there. */
  cutAfter(step: number): void {
    this.recorder.changed(this.id, this.shown.cutAfter(step));
  }

  /**
   * Tracks new groups on the map.
   * @returns the sentences that are tracked now
   */
  follow(groups: readonly Group[]): string[] {
    const { shown, launch } = this;
    if (launch !== null) {
      const { roles } = PATTERNS[launch.setting.pattern];
      shown.points = [...shown.points, ...groups.flatMap((group) => pointsOf(group, roles))];
    }
    return shown.points.map(({ text }) => text);
  }

  /** @param seeking whether the page is about to show an earlier step than these events belong to */
  addEvents(events: readonly RunEvent[], seeking: boolean): void {
    const { shown } = this;
    const changed = seeking ? shown.appendToFuture(events) : shown.append(events);
    this.recorder.changed(this.id, changed);
    const last = events.findLast((event) => event.type === 'step');
    if (last) this.stepsPerSecond = this.speed.mark(last.step, performance.now()) ?? this.stepsPerSecond;
  }

  applyEmbeddings(report: Extract<Report, { type: 'embeddings' }>, seeking: boolean): void {
    if (seeking && report.step !== this.shown.step) return;
    this.shown.place(report.embeddings, report.step, report.initial);
    this.weights++;
  }

  updateTimeline({ snapshots, bytes, budget }: Extract<Report, { type: 'timeline' }>): void {
    this.snapshots = { steps: snapshots, bytes, budget };
  }
}
