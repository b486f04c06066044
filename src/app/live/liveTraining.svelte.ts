// The live training on the page: the commands available to the visitor, and the execution of the effects that
// reduce.ts returns.
import type { Group } from '../../data/group.ts';
import { editTo, type HotKnobName } from '../../run/knobEdit.ts';
import type { RunEvent } from '../../run/events.ts';
import type { ClientListeners } from '../../worker/client.ts';
import type { StartCommand } from '../../worker/protocol.ts';
import type { ShownRun } from '../state/shown.svelte.ts';
import {
  chosenLaunch,
  currentLaunch,
  dataReadiness,
  needsRestart,
  readinessOf,
  type Launch,
} from './launch.ts';
import { LiveRun } from './liveRun.svelte.ts';
import { LiveWorker } from './liveWorker.svelte.ts';
import {
  dismissFailure,
  dismissLoadFailure,
  dismissPreparing,
  failureOf,
  showNotice,
  notifyPreparing,
  type NoticeEffect,
} from './notices.ts';
import type { LiveTrainingOptions, UnfinishedRun } from './options.ts';
import { FIRST_PHASE, isPlaying, trainingStatusOf, type Phase } from './phase.ts';
import { reduce } from './reduce.ts';
import { RunEnd } from './runEnd.ts';
import type { VisitorCommand, Effect, PhaseReport, Readiness } from './transition.ts';

export class LiveTraining {
  phase = $state.raw<Phase>(FIRST_PHASE);
  /** Limit in steps per second; null: no limit. */
  rate = $state<number | null>(null);
  /** Number of hot knobs changed in a running training since the page was opened. */
  edits = $state(0);
  readonly worker: LiveWorker;
  /** The run that is being trained. */
  readonly current: LiveRun;

  readonly status = $derived.by(() => trainingStatusOf(this.phase, this.current.shown.step));
  readonly playing = $derived(isPlaying(this.phase));
  /** Whether a single step is being run. */
  readonly stepping = $derived(this.phase.kind === 'stepping');
  readonly seeking = $derived(this.phase.kind === 'seeking');

  private hasLookedForRun = false;
  private readonly end = new RunEnd();

  constructor(private readonly options: LiveTrainingOptions) {
    this.current = new LiveRun(options.recorder, options.newId);
    const listeners: ClientListeners = {
      report: (report) => this.onReport(report),
      died: (why) => this.dispatch({ type: 'workerDied', why }),
    };
    this.worker = new LiveWorker(listeners, options.modelAddress);
  }

  get run(): ShownRun {
    return this.current.shown;
  }

  get runId(): string {
    return this.current.id;
  }

  /** Whether something differs from the run that only a restart can apply. */
  get restartNeeded(): boolean {
    return needsRestart(this.current.launch, this.options);
  }

  private get readiness(): Readiness {
    return readinessOf(this.options, this.worker.told);
  }

  /** Whether the worker has another encoder or device than the recipe, or was told to load another. */
  get hasOtherEncoder(): boolean {
    return this.readiness === 'otherEncoder';
  }

  /** Starts a worker and loads the encoder. */
  load(): void {
    this.dispatch({ type: 'load' });
  }

  /**
   * Starts a run at step 0 with the current recipe.
   * @param play null: plays if the visitor has asked for it before
   */
  start(play: boolean | null): void {
    this.dispatch({ type: 'start', play, readiness: this.readiness });
  }

  play(): void {
    const { restartNeeded } = this;
    if (!restartNeeded) this.sendUnsentEdits();
    this.dispatch({ type: 'play', restartNeeded, readiness: this.readiness });
  }

  pause(): void {
    this.dispatch({ type: 'pause' });
  }

  step(): void {
    this.sendUnsentEdits();
    this.dispatch({ type: 'step' });
  }

  /** Shows a step of the record; training would continue from there. */
  seek(step: number): void {
    const to = Math.max(this.current.firstStep, Math.min(this.run.head, step));
    if (to !== this.run.step) this.dispatch({ type: 'seek', step: to });
  }

  /** Starts a run from the weights of the shown step, with the current recipe. */
  branch(): void {
    this.dispatch({ type: 'branch', readiness: this.readiness });
  }

  /** Continues a run that a closed page left unfinished, from its newest checkpoint. */
  resume(run: UnfinishedRun): void {
    this.dispatch({ type: 'resume', run, readiness: this.readiness });
  }

  /**
   * Replaces the encoder by that of the spare worker, with a fresh run, if nothing else goes on.
   * @returns whether it was replaced
   */
  adopt(): boolean {
    const { told } = this.worker;
    this.dispatch({ type: 'adopt', readiness: dataReadiness(this.options.data) });
    return this.worker.told !== told;
  }

  /** Applies a changed hot knob of the recipe to the training. */
  edit(knob: HotKnobName): void {
    this.dispatch({ type: 'edit', knob, inPast: this.current.isShowingPast });
  }

  /** Sends all hot knobs that were changed but not sent, so that the next step uses them. */
  sendUnsentEdits(): void {
    for (const knob of this.options.recipe.unsentHotKnobs) this.edit(knob);
  }

  /** Adds the visitor's new groups to the next batch and to the map. */
  addGroups(groups: readonly Group[]): void {
    this.dispatch({ type: 'addGroups', groups, inPast: this.current.isShowingPast });
  }

  setRate(rate: number | null): void {
    this.rate = rate;
    this.dispatch({ type: 'setRate' });
  }

  /**
   * Trains a new run to its end.
   * @returns its id
   * @throws AbortError after the signal, Error when the run fails
   */
  async trainToEnd(signal: AbortSignal): Promise<string> {
    const ended = this.end.wait(signal, () => this.pause());
    this.start(true);
    await ended;
    return this.runId;
  }

  private dispatch(input: VisitorCommand | PhaseReport): void {
    const { phase, effects } = reduce(this.phase, input);
    this.phase = phase;
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: Effect): void {
    const { recipe } = this.options;
    const { current, worker } = this;
    const chosen = () => chosenLaunch(this.options);
    switch (effect.type) {
      case 'load':
        return this.startWorker();
      case 'findRun':
        return void this.findRun();
      case 'adopt':
        return worker.adopt();
      case 'start':
        return this.launch(chosen(), (launch) => current.start(launch));
      case 'branch': {
        const { launch: run } = current;
        const launched =
          effect.with === 'recipe' || run === null ? chosen() : currentLaunch(run, this.options);
        return this.launch(launched, (launch) => current.branch(launch));
      }
      case 'resume':
        return this.launch(chosen(), (launch) => current.resume(effect.run, launch));
      case 'play':
        current.restartSpeedMeasurement();
        return worker.send({ type: 'play', rate: this.rate });
      case 'setRate':
        return worker.send({ type: 'play', rate: this.rate });
      case 'pause':
      case 'step':
        return worker.send(effect);
      case 'seek':
        current.show(effect.step);
        return worker.send(effect);
      case 'edit': {
        const edit = editTo(recipe.config, effect.knob);
        this.edits++;
        recipe.markSent(edit);
        return worker.client?.send({ type: 'edit', edit });
      }
      case 'addGroups':
        worker.send({ type: 'addGroups', groups: [...effect.groups] });
        return worker.send({ type: 'follow', sentences: current.follow(effect.groups) });
      case 'show':
        return current.show(effect.step);
      case 'rewind':
        return current.cutAfter(effect.step);
      default:
        return this.notify(effect);
    }
  }

  private startWorker(): void {
    const { recipe, notices } = this.options;
    const { encoder: model, device } = recipe;
    this.current.launch = null;
    dismissLoadFailure(notices);
    if (recipe.applied !== null) recipe.start();
    this.worker.load({ model, device });
  }

  /** Looks for a run to resume: the first run of a visit may be one that was left unfinished. */
  private async findRun(): Promise<void> {
    const run = this.hasLookedForRun ? null : await this.options.unfinished();
    this.hasLookedForRun = true;
    this.dispatch({ type: 'runFound', run, readiness: this.readiness });
  }

  private launch(launch: Launch, begin: (launch: Launch) => StartCommand): void {
    const { recipe, notices } = this.options;
    dismissFailure(notices);
    const command = begin(launch);
    recipe.start({ ...launch, ...this.worker.told });
    this.worker.send(command);
  }

  private notify(effect: NoticeEffect): void {
    const retry = { load: () => this.load(), start: () => this.start(null) };
    showNotice(this.options.notices, effect, retry);
    const failure = failureOf(effect);
    if (failure !== null) this.end.report('failed', failure);
  }

  private onReport(report: Parameters<ClientListeners['report']>[0]): void {
    const { current, worker, options } = this;
    if (!current.isAboutThisRun(report)) return;
    switch (report.type) {
      case 'loading':
        return worker.progress.add(report);
      case 'preparing':
        return notifyPreparing(options.notices, report, () => worker.send({ type: 'skipTuning' }));
      case 'events':
        return this.onEvents(report.events);
      case 'embeddings':
        return current.applyEmbeddings(report, this.seeking);
      case 'timeline':
        return current.updateTimeline(report);
      case 'loaded':
        dismissPreparing(options.notices);
        worker.device = report.device;
        options.recipe.start({ ...worker.told });
        break;
      default:
        break;
    }
    this.dispatch(report);
  }

  private onEvents(events: readonly RunEvent[]): void {
    this.current.addEvents(events, this.seeking);
    for (const event of events) {
      if (event.type === 'edit') this.options.recipe.markApplied(event);
      else if (event.type === 'header') this.worker.device = event.device;
      else if (event.type === 'end') this.end.report(event.reason, event.message);
    }
  }
}
