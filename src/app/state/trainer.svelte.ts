// The live training: what the worker does now, what it has reported, and what the visitor can make it do.
import type { Group } from '../../data/group.ts';
import { pointsOf } from '../../data/points.ts';
import type { DeviceInfo } from '../../util/devices.ts';
import type { KnobEdit } from '../../run/knobEdit.ts';
import { PATTERNS, settingName } from '../../run/settings.ts';
import { TrainerClient } from '../../worker/client.ts';
import type { Report } from '../../worker/protocol.ts';
import { t } from '../messages/t.ts';
import { totals } from './loadProgress.ts';
import { followedPoints } from './sentences.ts';
import { ShownRun } from './shown.svelte.ts';
import { SpeedMeter } from './speed.ts';
import { preparedNow, sayDied, sayFailed, sayPreparing, sayRewound } from './trainerNotices.ts';
import type { Parent, TrainerOptions, TrainerStatus, TrainingData, Unfinished } from './trainerOptions.ts';
import { takenUp } from './unfinished.ts';

/** Responses to requests; the client hands them to whoever made the request. */
type Response = 'response' | 'requestFailed';

export class TrainerState {
  status = $state<TrainerStatus>('loading');
  device = $state.raw<DeviceInfo | null>(null);
  /** Bytes of the encoder that have come. */
  progress = $state.raw<{ loaded: number; total: number } | null>(null);
  run = $state.raw(new ShownRun());
  stepsPerSecond = $state<number | null>(null);
  /** Steps a second that are allowed; null: as many as there can be. */
  rate = $state<number | null>(null);
  /** Has a run been asked for since the encoder came? */
  begun = $state(false);
  /** Did the run begin with the bundled corpus? */
  private withBundled = $state(true);
  /** A run begins as soon as its corpus is here. */
  awaitsData = $state(false);
  /** Grows when the weights have changed. */
  weights = $state(0);
  /** Names the run among the kept ones. */
  runId = $state('');
  /** Does it train until it is paused? A single step is none of that. */
  playing = $state(false);
  /** A single step is on its way. */
  stepping = $state(false);
  /** The worker is on its way to a step of the past. */
  seeking = $state(false);
  /** Snapshots of the run: where they are, and what they take. */
  kept = $state.raw<{ steps: readonly number[]; bytes: number; budget: number } | null>(null);

  private client: TrainerClient | undefined;
  private number = 0;
  /** A step more was asked for while one was on its way. */
  private again = false;
  /** What the run began with. */
  private data: TrainingData | undefined;
  /** The run is being taken up again: its record may be ahead of its checkpoint. */
  private resuming = false;
  /** Has it been asked whether a run was left unfinished? */
  private looked = false;
  /** It is being asked: no other run may begin meanwhile. */
  deciding = $state(false);
  /** Waits for the end of the run. */
  private ended: ((reason: string, message: string) => void) | null = null;
  /** The run that plays as soon as it is ready. */
  private playWhenReady = false;
  private files: Record<string, { loaded: number; total: number }> = {};
  private readonly speed = new SpeedMeter();

  constructor(private readonly options: TrainerOptions) {}

  /** Does something differ from the run that only a restart can apply? */
  get restartNeeded(): boolean {
    const { recipe, data } = this.options;
    return recipe.restartNeeded || (this.begun && data().bundled !== this.withBundled);
  }

  get secondsLeft(): number | null {
    const { totalSteps, step } = this.run;
    if (this.stepsPerSecond === null || totalSteps === 0) return null;
    return Math.max(0, totalSteps - step) / this.stepsPerSecond;
  }

  /** Starts the worker and loads the encoder. */
  load(): void {
    this.client?.dispose();
    this.status = 'loading';
    this.begun = false;
    this.device = null;
    this.files = {};
    this.progress = null;
    const client = new TrainerClient({
      report: (report) => {
        if (client === this.client) this.hear(report);
      },
      died: (why) => {
        if (client === this.client) this.die(why);
      },
    });
    this.client = client;
    const { recipe, modelAddress } = this.options;
    client.send({ type: 'load', model: modelAddress(recipe.model), device: recipe.device });
  }

  /** Begins a run at step 0 with what stands in the recipe; it waits unless it shall play, or was meant to. */
  begin(play = this.playWhenReady): void {
    this.playWhenReady = play;
    const { recipe, notices } = this.options;
    const { applied } = recipe;
    if (applied !== null && (applied.device !== recipe.device || applied.model !== recipe.model)) {
      recipe.start();
      this.load();
      return;
    }
    if (!this.client || this.device === null) return;
    const data = this.options.data();
    this.awaitsData = data.loading;
    if (data.loading) return;
    if (data.shortfall !== null) {
      this.playWhenReady = false;
      this.status = 'failed';
      this.stepping = false;
      notices.say({ id: 'begin', kind: 'bad', text: data.shortfall });
      return;
    }
    const run = new ShownRun();
    run.points = followedPoints(data, this.options.recipe.setting.pattern);
    this.launch(run, data);
  }

  /** A new run from the weights of the step that is shown, with what stands in the recipe. */
  branch(data = this.options.data()): void {
    if (data.loading || data.shortfall !== null) return;
    const parent = { id: this.runId, step: this.run.step };
    this.launch(this.run.branch(), data, parent);
  }

  /** Goes on where a closed page left off, at the run's newest checkpoint. */
  takeUp(left: Unfinished): void {
    this.playWhenReady ||= left.playing;
    const data = this.options.data();
    this.launch(takenUp(left, data, this.options.recipe.setting.pattern), data, null, left.id);
  }

  private launch(
    run: ShownRun,
    data: TrainingData,
    parent: Parent | null = null,
    resumed: string | null = null,
  ): void {
    const { recipe, notices } = this.options;
    notices.dismiss('begin');
    recipe.start();
    this.begun = true;
    this.withBundled = data.bundled;
    this.status = 'loading';
    this.speed.reset();
    this.stepsPerSecond = null;
    this.seeking = false;
    this.kept = null;
    this.data = data;
    this.run = run;
    this.resuming = resumed !== null;
    this.runId = resumed ?? this.options.newId();
    if (resumed === null) this.options.recorder.begin(this.runId, run.record, parent);
    const { setting, config } = recipe;
    this.client?.send({
      type: 'start',
      run: ++this.number,
      setting,
      config,
      groups: [...data.groups],
      own: [...data.own],
      sts: [...data.sts],
      files: [settingName(setting)],
      follow: run.points.map(({ text }) => text),
      saveAs: this.runId,
      ...(parent !== null && { branch: { step: parent.step } }),
      ...(resumed !== null && { resume: true }),
    });
  }

  /** Trains a new run to its end. @returns its id @throws AbortError after the signal, Error when the run fails */
  trainWhole(signal: AbortSignal): Promise<string> {
    this.begin(true);
    return new Promise((resolve, reject) => {
      const ended = (reason: string, message: string) => {
        this.ended = null;
        if (reason === 'finished') resolve(this.runId);
        else reject(reason === 'interrupted' ? new DOMException(message, 'AbortError') : new Error(message));
      };
      this.ended = ended;
      signal.addEventListener('abort', () => {
        if (this.ended !== ended) return;
        this.pause();
        ended('interrupted', t('failures.stopped'));
      });
    });
  }

  play(): void {
    if (this.status === 'failed' && this.device === null) {
      this.playWhenReady = true;
      this.load();
    } else if (this.status === 'finished' || this.status === 'failed' || this.restartNeeded) this.begin(true);
    else if (this.status === 'loading' || this.stepping) this.playWhenReady = true;
    else {
      this.speed.reset();
      this.letGo();
    }
  }

  private letGo(): void {
    this.playing = true;
    this.client?.send({ type: 'play', rate: this.rate });
  }

  pause(): void {
    this.playWhenReady = this.again = false;
    this.client?.send({ type: 'pause' });
  }

  step(): void {
    // Pressed again before a step has ended, it makes one more, not as many as a held key asks for.
    this.again = this.stepping;
    if (this.again || (this.status !== 'ready' && this.status !== 'paused')) return;
    this.stepping = true;
    this.client?.send({ type: 'step' });
  }

  /** The first step that can be gone to: a branch begins where it left its parent. */
  get first(): number {
    return this.kept?.steps[0] ?? 0;
  }

  /** Shows a step of the record; training would go on from there. */
  seek(step: number): void {
    const { run, client } = this;
    const to = Math.max(this.first, Math.min(run.head, step));
    if (to === run.step || !client || this.status === 'loading' || this.status === 'recovering') return;
    this.playWhenReady = false;
    this.seeking = true;
    run.goTo(to);
    client.send({ type: 'seek', step: to });
  }

  /** Asks the worker something: embeddings, a trace, the weights. @throws Error with one clear sentence */
  ask<T>(question: (client: TrainerClient) => Promise<T>): Promise<T> {
    return this.client ? question(this.client) : Promise.reject(new Error(t('failures.noTrainer')));
  }

  /** A run is gone for good: its kept checkpoints go too. */
  forget(id: string): void {
    this.client?.send({ type: 'deleteSaved', saveAs: id });
  }

  setRate(rate: number | null): void {
    this.rate = rate;
    if (this.status === 'running') this.client?.send({ type: 'play', rate });
  }

  edit(edit: KnobEdit): void {
    if (this.status === 'ready' || this.status === 'running' || this.status === 'paused') {
      this.leavePast();
      this.client?.send({ type: 'edit', edit });
      this.options.recipe.tookHot(edit.knob);
    }
  }

  /** The visitor's new groups: into the next batch, and onto the map. */
  add(groups: readonly Group[]): void {
    if (this.status === 'loading' || this.status === 'finished' || this.status === 'failed') return;
    this.leavePast();
    this.client?.send({ type: 'addGroups', groups: [...groups] });
    const { roles } = PATTERNS[this.options.recipe.setting.pattern];
    const { run } = this;
    run.points = [...run.points, ...groups.flatMap((group) => pointsOf(group, roles))];
    this.client?.send({ type: 'follow', sentences: run.points.map(({ text }) => text) });
  }

  /** Destroys the GPU device, as a driver's crash would. */
  loseDevice(): void {
    this.client?.send({ type: 'loseDevice' });
  }

  /** What changes at a step of the past belongs to a branch: the run that has been stays as it was. */
  private leavePast(): void {
    if (!this.run.isRewound) return;
    const { recipe } = this.options;
    const { setting, config } = recipe;
    if (recipe.applied) {
      recipe.setting = recipe.applied.setting;
      recipe.config = recipe.applied.config;
    }
    this.branch(this.data);
    recipe.setting = setting;
    recipe.config = config;
  }

  private hear(report: Exclude<Report, { type: Response }>): void {
    if ('run' in report && report.run !== this.number) return;
    switch (report.type) {
      case 'loading':
        this.files[report.file] = { loaded: report.loaded, total: report.total ?? report.loaded };
        this.progress = totals(Object.values(this.files));
        break;
      case 'preparing':
        sayPreparing(this.options.notices, report, () => this.client?.send({ type: 'skipTuning' }));
        break;
      case 'loaded':
        preparedNow(this.options.notices);
        this.device = report.device;
        this.options.recipe.start();
        void this.beginFirst();
        break;
      case 'status':
        this.turn(report);
        break;
      case 'events':
        this.take(report);
        break;
      case 'seeked':
        this.seeking = report.step !== this.run.step;
        break;
      case 'timeline':
        this.kept = { steps: report.snapshots, bytes: report.bytes, budget: report.budget };
        break;
      case 'rewound':
        this.rewind(report.step);
        sayRewound(this.options.notices, report);
        break;
      case 'embeddings':
        if (this.seeking && report.step !== this.run.step) break;
        this.run.place(report.embeddings, report.step, report.initial);
        this.weights++;
        break;
      case 'failed':
        this.fail(report);
        break;
    }
  }

  /** The first run of a visit may be one that was left unfinished. */
  private async beginFirst(): Promise<void> {
    this.deciding = true;
    const left = this.looked ? null : await this.options.unfinished();
    this.looked = true;
    this.deciding = false;
    if (left === null) this.begin();
    else this.takeUp(left);
  }

  private turn({ status, step }: Extract<Report, { type: 'status' }>): void {
    if (this.resuming && (status === 'waiting' || status === 'ended')) {
      this.resuming = false;
      this.rewind(step);
    }
    if (status !== 'running') this.stepping = false;
    switch (status) {
      case 'starting':
        break;
      case 'waiting':
        if (this.playWhenReady) {
          this.playWhenReady = false;
          this.letGo();
        } else {
          this.status = this.run.step === 0 ? 'ready' : 'paused';
          this.playing = false;
          if (this.again) this.step();
        }
        break;
      case 'running':
        this.status = 'running';
        break;
      case 'recovering':
        this.status = 'recovering';
        break;
      case 'ended':
        this.playing = false;
        this.status = this.status === 'failed' ? 'failed' : 'finished';
        break;
    }
  }

  /** The run goes on from a step: what came after it is void. */
  private rewind(step: number): void {
    this.options.recorder.changed(this.runId, this.run.rewind(step));
  }

  private take({ events }: Extract<Report, { type: 'events' }>): void {
    const { run } = this;
    const changed = this.seeking ? run.appendToFuture(events) : run.append(events);
    this.options.recorder.changed(this.runId, changed);
    const end = events.find((event) => event.type === 'end');
    if (end) this.ended?.(end.reason, end.message);
    const header = events.find((event) => event.type === 'header');
    if (header) this.device = header.device;
    const last = events.findLast((event) => event.type === 'step');
    if (last) this.stepsPerSecond = this.speed.mark(last.step, performance.now()) ?? this.stepsPerSecond;
  }

  private fail(failed: Extract<Report, { type: 'failed' }>): void {
    if (failed.during !== 'command') {
      this.status = 'failed';
      this.stepping = false;
      this.ended?.('failed', failed.message);
    }
    const retry = failed.during === 'load' ? () => this.load() : () => this.begin();
    sayFailed(this.options.notices, failed, retry);
  }

  private die(why: string): void {
    this.client = undefined;
    this.status = 'failed';
    this.stepping = false;
    sayDied(this.options.notices, why, () => this.load());
  }
}
