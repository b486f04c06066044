// The live training: what the worker does now, what it has reported, and what the visitor can make it do.
import type { Group, ScoredPair } from '../../data/group.ts';
import { pointsOf, samplePoints, type Point } from '../../data/points.ts';
import type { DeviceInfo } from '../../run/events.ts';
import type { KnobName } from '../../run/knobs.ts';
import { PATTERNS, settingName } from '../../run/settings.ts';
import { TrainerClient, type Encoded } from '../../worker/client.ts';
import type { Report } from '../../worker/protocol.ts';
import { t } from '../messages/t.ts';
import type { NoticesState } from './notices.svelte.ts';
import type { RecipeState } from './recipe.svelte.ts';
import { ShownRun } from './shown.svelte.ts';
import { SpeedMeter } from './speed.ts';

export type TrainerStatus = 'loading' | 'ready' | 'running' | 'paused' | 'finished' | 'recovering' | 'failed';

/** What a run trains on and is measured with. */
export interface TrainingData {
  groups: readonly Group[];
  own: readonly Group[];
  sts: readonly ScoredPair[];
  /** Is the bundled corpus among them? */
  bundled: boolean;
  /** They are still being fetched. */
  loading: boolean;
  /** Why a run cannot begin with these; null when it can. */
  shortfall: string | null;
}

export interface TrainerOptions {
  recipe: RecipeState;
  notices: NoticesState;
  data: () => TrainingData;
  /** Address of an encoder's folder. */
  modelAddress: (model: string) => string;
}

/** Sentences followed on the map; written on it. */
const FOLLOWED = 240;

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

  private client: TrainerClient | undefined;
  private number = 0;
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
      notices.say({ id: 'begin', kind: 'bad', text: data.shortfall });
      return;
    }
    notices.dismiss('begin');
    recipe.start();
    this.begun = true;
    this.withBundled = data.bundled;
    this.status = 'loading';
    this.speed.reset();
    this.stepsPerSecond = null;
    const { setting, config } = recipe;
    const run = new ShownRun();
    run.points = this.pointsFor(data);
    this.run = run;
    this.client.send({
      type: 'begin',
      run: ++this.number,
      setting,
      config,
      groups: [...data.groups],
      own: [...data.own],
      sts: [...data.sts],
      files: [settingName(setting)],
      watch: run.points.map(({ text }) => text),
    });
  }

  play(): void {
    if (this.status === 'failed' && this.device === null) {
      this.playWhenReady = true;
      this.load();
    } else if (this.status === 'finished' || this.status === 'failed' || this.restartNeeded) this.begin(true);
    else if (this.status === 'loading') this.playWhenReady = true;
    else {
      this.speed.reset();
      this.client?.send({ type: 'play', rate: this.rate });
    }
  }

  pause(): void {
    this.playWhenReady = false;
    this.client?.send({ type: 'pause' });
  }

  step(): void {
    if (this.status === 'ready' || this.status === 'paused') this.client?.send({ type: 'step' });
  }

  setRate(rate: number | null): void {
    this.rate = rate;
    if (this.status === 'running') this.client?.send({ type: 'play', rate });
  }

  edit(knob: KnobName, value: unknown): void {
    if (this.status === 'ready' || this.status === 'running' || this.status === 'paused') {
      this.client?.send({ type: 'edit', knob, value });
      this.options.recipe.tookHot(knob);
    }
  }

  /** The visitor's new groups: into the next batch, and onto the map. */
  add(groups: readonly Group[]): void {
    if (this.status === 'loading' || this.status === 'finished' || this.status === 'failed') return;
    this.client?.send({ type: 'add', groups: [...groups] });
    const { roles } = PATTERNS[this.options.recipe.setting.pattern];
    const { run } = this;
    run.points = [...run.points, ...groups.flatMap((group) => pointsOf(group, roles))];
    this.client?.send({ type: 'watch', sentences: run.points.map(({ text }) => text) });
  }

  /** @throws Error with one clear sentence */
  encode(sentences: readonly string[]): Promise<Encoded> {
    if (!this.client) return Promise.reject(new Error(t('failures.noTrainer')));
    return this.client.encode(sentences);
  }

  /** Destroys the GPU device, as a driver's crash would. */
  loseDevice(): void {
    this.client?.send({ type: 'loseDevice' });
  }

  private pointsFor(data: TrainingData): Point[] {
    const { pattern } = this.options.recipe.setting;
    const { roles } = PATTERNS[pattern];
    const own = data.own.flatMap((group) => pointsOf(group, roles));
    return [...samplePoints(data.groups, pattern, FOLLOWED), ...own.slice(0, FOLLOWED)];
  }

  private hear(report: Exclude<Report, { type: 'encoded' | 'refused' }>): void {
    if ('run' in report && report.run !== this.number) return;
    switch (report.type) {
      case 'loading':
        this.files[report.file] = { loaded: report.loaded, total: report.total ?? report.loaded };
        this.progress = totals(Object.values(this.files));
        break;
      case 'loaded':
        this.device = report.device;
        this.options.recipe.start();
        this.begin();
        break;
      case 'status':
        this.turn(report.status);
        break;
      case 'events':
        this.take(report);
        break;
      case 'rewound':
        this.run.rewind(report.step);
        this.options.notices.say({
          id: 'rewound',
          kind: 'info',
          text: t('failures.rewound', { reason: report.reason, step: report.step }),
        });
        break;
      case 'watched':
        this.run.place(report.embeddings, report.step, report.initial);
        this.weights++;
        break;
      case 'failed':
        this.fail(report);
        break;
    }
  }

  private turn(status: Extract<Report, { type: 'status' }>['status']): void {
    switch (status) {
      case 'beginning':
        break;
      case 'waiting':
        if (this.playWhenReady) {
          this.playWhenReady = false;
          this.client?.send({ type: 'play', rate: this.rate });
        } else this.status = this.run.step === 0 ? 'ready' : 'paused';
        break;
      case 'running':
        this.status = 'running';
        break;
      case 'recovering':
        this.status = 'recovering';
        break;
      case 'ended':
        this.status = this.status === 'failed' ? 'failed' : 'finished';
        break;
    }
  }

  private take({ events }: Extract<Report, { type: 'events' }>): void {
    this.run.append(events);
    const header = events.find((event) => event.type === 'header');
    if (header) this.device = header.device;
    const last = events.findLast((event) => event.type === 'step');
    if (last) this.stepsPerSecond = this.speed.mark(last.step, performance.now()) ?? this.stepsPerSecond;
  }

  private fail({ during, message }: Extract<Report, { type: 'failed' }>): void {
    if (during !== 'command') this.status = 'failed';
    const retry = during === 'load' ? () => this.load() : () => this.begin();
    this.options.notices.say({
      id: during === 'load' ? 'load' : 'begin',
      kind: 'bad',
      text: message,
      ...(during !== 'command' && { action: { label: t('failures.retry'), run: retry } }),
    });
  }

  private die(why: string): void {
    this.client = undefined;
    this.status = 'failed';
    this.options.notices.say({
      id: 'load',
      kind: 'bad',
      text: t('failures.workerDied', { why }),
      action: { label: t('failures.restartWorker'), run: () => this.load() },
    });
  }
}

function totals(files: { loaded: number; total: number }[]): { loaded: number; total: number } {
  return files.reduce(
    (sum, { loaded, total }) => ({ loaded: sum.loaded + loaded, total: sum.total + total }),
    { loaded: 0, total: 0 },
  );
}
