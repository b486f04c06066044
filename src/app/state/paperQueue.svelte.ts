// A queue of the paper's thirteen settings, trained one after another with the same knobs. It is stored after every
// change, so that it continues after a reload; startRun trains a run.
import { z } from 'zod';
import { configSchema, type Config } from '../../run/config.ts';
import { PAPER_SETTINGS } from '../../run/paperSettings.ts';
import { PATTERN_NAMES, settingName, type Setting } from '../../run/settings.ts';
import { messageOf } from '../../util/failure.ts';
import { indexedDbPreferences, type PreferenceStore } from '../storage/preferenceStore.ts';

const itemSchema = z.object({
  setting: z.object({ domain: z.string(), pattern: z.enum(PATTERN_NAMES) }),
  status: z.enum(['waiting', 'running', 'done', 'failed']),
  /** The id of the run that was trained for this item. */
  run: z.string().nullable(),
  /** Duration in seconds. */
  seconds: z.number().nullable(),
  /** Why it failed. */
  message: z.string(),
});
export type QueueItem = z.infer<typeof itemSchema>;
const queueSchema = z.object({
  version: z.literal(1),
  config: configSchema,
  /** Missing in queues of earlier versions of the page, which had one encoder. */
  encoder: z.string().optional(),
  items: z.array(itemSchema),
});

/** What a run of the queue is trained with; without an encoder, the page's own. */
export interface QueuedRun {
  setting: Setting;
  config: Config;
  encoder: string | undefined;
}

export interface RunResult {
  /** Id of the run. */
  run: string;
}

export interface PaperQueueOptions {
  /** The paper's unless given. */
  settings?: readonly Setting[];
  /**
   * Trains a setting to its end. Rejects with an AbortError soon after the signal, with any other error when it
   * failed.
   */
  startRun: (run: QueuedRun, signal: AbortSignal) => Promise<RunResult>;
  preferences?: PreferenceStore | null;
  /** Milliseconds. */
  now?: () => number;
}

const NAME = 'thirteen';

export class PaperQueue {
  items = $state.raw<readonly QueueItem[]>([]);
  /** `pausing`: the queue pauses after the current run. */
  status = $state<'idle' | 'running' | 'pausing' | 'paused' | 'finished'>('idle');
  /** When the current run started. */
  private began = $state(0);

  private config: Config | null = null;
  /** All runs of a queue have the encoder that it was started with. */
  private encoder: string | undefined;
  private abort: AbortController | null = null;
  private readonly options: PaperQueueOptions;
  private readonly settings: readonly Setting[];
  private readonly preferences: PreferenceStore | null;
  private readonly now: () => number;

  constructor(options: PaperQueueOptions) {
    this.options = options;
    this.settings = options.settings ?? PAPER_SETTINGS.map(({ setting }) => setting);
    this.now = options.now ?? (() => performance.now());
    this.preferences = options.preferences === undefined ? indexedDbPreferences() : options.preferences;
    this.items = fresh(this.settings);
  }

  get done(): number {
    return this.items.filter(({ status }) => status === 'done').length;
  }
  get failed(): number {
    return this.items.filter(({ status }) => status === 'failed').length;
  }

  /** Estimated seconds left, from the average of the finished runs; null before the first one. */
  secondsLeft(now = this.now()): number | null {
    const known = this.items.flatMap(({ seconds }) => (seconds === null ? [] : [seconds]));
    if (known.length === 0) return null;
    const each = known.reduce((a, b) => a + b) / known.length;
    const open = this.items.filter(({ status }) => status === 'waiting' || status === 'running').length;
    const running = this.items.some(({ status }) => status === 'running');
    const spent = running ? Math.min(each, (now - this.began) / 1000) : 0;
    return Math.max(0, each * open - spent);
  }

  /** Loads a queue from an earlier visit: finished items stay finished, the interrupted one starts again on resume. */
  async load(): Promise<void> {
    const parsed = queueSchema.safeParse(await this.preferences?.get(NAME));
    if (!parsed.success || this.status !== 'idle') return;
    const { items, config, encoder } = parsed.data;
    // Settings of another version of the page cannot be used.
    const known = this.settings.map(settingName);
    if (items.map(({ setting }) => settingName(setting)).join() !== known.join()) return;
    this.config = config;
    this.encoder = encoder;
    this.items = items.map((item) => (item.status === 'running' ? { ...item, status: 'waiting' } : item));
    const open = this.items.some(({ status }) => status === 'waiting');
    this.status = open ? 'paused' : 'finished';
  }

  /** Starts all settings from the first, with these knobs and this encoder. */
  start(config: Config, encoder?: string): Promise<void> {
    if (this.status === 'running' || this.status === 'pausing') return Promise.resolve();
    this.config = structuredClone(config);
    this.encoder = encoder;
    this.items = fresh(this.settings);
    return this.work();
  }

  /** Continues with the knobs it was started with; failed items are tried again. */
  resume(): Promise<void> {
    if (this.status === 'pausing') this.status = 'running';
    if (this.config === null || this.status === 'running') return Promise.resolve();
    this.items = this.items.map((item) =>
      item.status === 'failed' ? { ...item, status: 'waiting', message: '' } : item,
    );
    return this.work();
  }

  /** Pauses after the current run has been trained to its end. */
  pause(): void {
    if (this.status === 'running') this.status = 'pausing';
  }

  /** Aborts the current run; it starts again on resume. */
  stop(): void {
    this.abort?.abort();
  }

  private async work(): Promise<void> {
    const config = this.config;
    if (config === null) return;
    this.status = 'running';
    for (;;) {
      const at = this.items.findIndex(({ status }) => status === 'waiting');
      const item = this.items[at];
      if (item === undefined) break;
      const stopped = await this.run(at, item, config);
      if (stopped || (this.status as string) === 'pausing') {
        const open = this.items.some(({ status }) => status === 'waiting');
        this.status = open ? 'paused' : 'finished';
        return;
      }
    }
    this.status = 'finished';
  }

  /** @returns whether it was stopped */
  private async run(at: number, item: QueueItem, config: Config): Promise<boolean> {
    const abort = new AbortController();
    this.abort = abort;
    this.began = this.now();
    const { setting } = item;
    await this.set(at, { status: 'running', message: '' });
    try {
      if (abort.signal.aborted) throw abort.signal.reason;
      const launch = { setting, config, encoder: this.encoder };
      const { run } = await this.options.startRun(launch, abort.signal);
      await this.set(at, { status: 'done', run, seconds: (this.now() - this.began) / 1000 });
    } catch (error) {
      if (abort.signal.aborted) await this.set(at, { status: 'waiting' });
      else await this.set(at, { status: 'failed', message: messageOf(error) });
    } finally {
      this.abort = null;
    }
    return abort.signal.aborted;
  }

  private async set(at: number, part: Partial<QueueItem>): Promise<void> {
    this.items = this.items.map((item, i) => (i === at ? { ...item, ...part } : item));
    await this.preferences?.set(NAME, {
      version: 1,
      config: this.config,
      encoder: this.encoder,
      items: this.items,
    });
  }
}

const fresh = (settings: readonly Setting[]): QueueItem[] =>
  settings.map((setting) => ({ setting, status: 'waiting', run: null, seconds: null, message: '' }));
