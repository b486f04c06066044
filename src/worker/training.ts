// One training in the worker: the core's `train`, steered by a gate, watched on the side, and carried over a lost
// device from its last snapshot.
import type { Group } from '../data/group.ts';
import { longestInput } from '../encoder/config.ts';
import { readSafetensors } from '../encoder/safetensors.ts';
import { matchParameters } from '../encoder/parameters.ts';
import type { LoadedModel } from '../encoder/folder.ts';
import { assertDeviceSound, deviceFault } from '../kernels/backend.ts';
import type { Matrix } from '../metrics/vectors.ts';
import type { DeviceInfo } from '../run/events.ts';
import { readCheckpoint, STATE_FILE, TENSOR_FILE, type Checkpoint } from '../trainer/checkpoint.ts';
import type { Files, KnobEdit, RunStore } from '../trainer/host.ts';
import { Embedder } from '../trainer/embedder.ts';
import { train, type RunningTraining } from '../trainer/train.ts';
import { Failure, messageOf } from '../util/failure.ts';
import { Gate } from './gate.ts';
import { Outbox } from './outbox.ts';
import type { BeginCommand, Report } from './protocol.ts';

export interface TrainingHost {
  post: (report: Report, transfer?: Transferable[]) => void;
  model: LoadedModel;
  device: DeviceInfo;
  /** Starts a device again after the last one was lost. */
  restartDevice: () => Promise<DeviceInfo>;
}

/** The watched sentences are embedded between steps, in at most this share of the time. */
const WATCH_SHARE = 0.2;
/** And no more often than this, in milliseconds. */
const WATCH_INTERVAL = 33;
/** Devices lost before a run gives up. */
const MAX_LOSSES = 3;

interface Question {
  sentences: readonly string[];
  resolve: (answer: { before: Matrix; now: Matrix }) => void;
  reject: (error: unknown) => void;
}

export class Training {
  readonly gate = new Gate();
  private readonly outbox: Outbox;
  private readonly abort = new AbortController();
  private edits: KnobEdit[] = [];
  private added: Group[] = [];
  private running: RunningTraining | undefined;
  private snapshot: Files | undefined;
  /** The weights before training, for comparison; made when first asked for. */
  private initial: Embedder | undefined;
  /** Questions that wait for the moment between two steps. */
  private questions: Question[] = [];
  /** What the run took in since its snapshot: a lost device must not cost it. */
  private sinceSnapshot: { edits: KnobEdit[]; groups: Group[] } = { edits: [], groups: [] };
  private over = false;
  private watched: readonly string[];
  private watch = { next: 0, step: -1, stale: true };
  private done: Promise<void> = Promise.resolve();

  constructor(
    private readonly command: BeginCommand,
    private readonly host: TrainingHost,
  ) {
    this.outbox = new Outbox(command.run, host.post);
    this.watched = command.watch;
  }

  /** Trains until the end or until given up; never throws. */
  start(): void {
    this.done = this.live();
  }

  edit(edit: KnobEdit): void {
    this.edits.push(edit);
  }

  add(groups: readonly Group[]): void {
    this.added.push(...groups);
  }

  setWatched(sentences: readonly string[]): void {
    this.watched = sentences;
    this.watch.stale = true;
    this.gate.nudge();
  }

  /** Sentences with the weights the run began with and with those it has now; done between two steps. */
  encode(sentences: readonly string[]): Promise<{ before: Matrix; now: Matrix }> {
    return new Promise((resolve, reject) => {
      this.questions.push({ sentences, resolve, reject });
      if (this.over) this.refuseQuestions();
      else this.gate.nudge();
    });
  }

  /** Ends the run and waits until it has let go of the device. */
  async giveUp(): Promise<void> {
    this.abort.abort();
    this.gate.abandon();
    await this.done;
    this.outbox.flush();
    this.initial?.dispose();
  }

  private async live(): Promise<void> {
    await this.trainThrough();
    this.over = true;
    this.refuseQuestions();
  }

  /** Whoever asked must hear something, or would wait for ever. */
  private refuseQuestions(): void {
    for (const { reject } of this.questions.splice(0))
      reject(new Failure('This run is over; ask the next one.'));
  }

  /** Trains to the end, over lost devices. */
  private async trainThrough(): Promise<void> {
    for (let losses = 0; ; losses++) {
      try {
        await this.go();
        return;
      } catch (error) {
        this.running = undefined;
        if ((await deviceFault()) === undefined || losses === MAX_LOSSES) {
          this.fail(error);
          return;
        }
        if (!(await this.recover((await deviceFault())!))) return;
      }
    }
  }

  private fail(error: unknown): void {
    if (this.abort.signal.aborted) return;
    this.outbox.send({
      type: 'failed',
      during: this.watch.step < 0 ? 'begin' : 'training',
      message: messageOf(error),
    });
    this.status('ended');
  }

  private async recover(reason: string): Promise<boolean> {
    this.status('recovering');
    this.initial = undefined; // its device is gone
    try {
      this.host.device = await this.host.restartDevice();
    } catch (error) {
      this.fail(error);
      return false;
    }
    const step = this.snapshot ? checkpointOf(this.snapshot, this.host.model).state.step : 0;
    this.outbox.send({ type: 'rewound', run: this.command.run, step, reason });
    this.watch.stale = true;
    this.edits.unshift(...this.sinceSnapshot.edits.splice(0));
    this.added.unshift(...this.sinceSnapshot.groups.splice(0));
    return true;
  }

  private async go(): Promise<void> {
    const { command, host } = this;
    this.status('beginning');
    const inputs = { ...command, model: host.model, device: host.device };
    const resume = this.snapshot && checkpointOf(this.snapshot, host.model);
    const events = train(inputs, {
      store: this.store(),
      resume,
      accepted: (running) => (this.running = running),
      control: {
        signal: this.abort.signal,
        takeEdits: () => taken(this.edits, this.sinceSnapshot.edits),
        takeGroups: () => taken(this.added, this.sinceSnapshot.groups),
        beforeStep: () => this.beforeStep(),
      },
    });
    for await (const event of events) {
      const lost = event.type === 'end' && event.reason === 'failed' && (await deviceFault()) !== undefined;
      if (event.type !== 'checkpoint' && !lost) this.outbox.add(event);
      // The weights live as long as the last event is being looked at.
      if (event.type === 'end' && event.reason === 'finished') await this.afterwards();
    }
    this.running = undefined;
  }

  /** Looks, and does what waits, until the next step may be made. */
  private async beforeStep(): Promise<void> {
    for (;;) {
      assertDeviceSound();
      await this.answer();
      if (!this.gate.isOpen || this.watch.step < 0 || performance.now() >= this.watch.next) await this.look();
      if (!this.gate.isOpen) this.status('waiting');
      const next = await this.gate.pass();
      if (next === 'abandoned') return;
      if (next === 'step') break;
    }
    this.status('running');
  }

  /** The finished run: its weights can still be looked at until the next one begins. */
  private async afterwards(): Promise<void> {
    this.status('ended');
    while (!this.abort.signal.aborted) {
      assertDeviceSound();
      await this.answer();
      await this.look();
      this.gate.pause();
      await this.gate.pass();
    }
  }

  private async answer(): Promise<void> {
    for (const { sentences, resolve, reject } of this.questions.splice(0)) {
      try {
        const before = await this.before(sentences);
        const trained = this.running !== undefined && this.running.step > 0;
        resolve({ before, now: trained ? await this.running!.embed(sentences) : before });
      } catch (error) {
        reject(error);
      }
    }
  }

  /** Sends the embeddings of the watched sentences, if anything has changed since the last look. */
  private async look(): Promise<void> {
    const { running, watch } = this;
    if (!running || this.watched.length === 0 || (watch.step === running.step && !watch.stale)) return;
    const started = performance.now();
    const sentences = this.watched;
    if (watch.stale && running.step > 0) this.place(await this.before(sentences), running.step, true);
    watch.stale = false;
    const embeddings = await running.embed(sentences);
    watch.step = running.step;
    const now = performance.now();
    watch.next = now + Math.max(WATCH_INTERVAL, (now - started) / WATCH_SHARE);
    this.place(embeddings, running.step, running.step === 0);
  }

  private place(embeddings: Matrix, step: number, initial: boolean): void {
    this.outbox.send({ type: 'watched', run: this.command.run, step, initial, embeddings }, [
      embeddings.data.buffer as ArrayBuffer,
    ]);
  }

  /** Sentences with the weights the run began with. */
  private before(sentences: readonly string[]): Promise<Matrix> {
    this.initial ??= new Embedder(this.host.model, {
      pooling: this.command.config.pooling,
      maxLength: longestInput(this.host.model.config),
    });
    return this.initial.embedSentences(sentences);
  }

  private lastStatus = '';

  private status(status: Extract<Report, { type: 'status' }>['status']): void {
    const step = this.running?.step ?? 0;
    const isNews = status !== this.lastStatus || status !== 'running';
    this.lastStatus = status;
    if (isNews) this.outbox.send({ type: 'status', run: this.command.run, status, step });
  }

  /** Snapshots stay in memory: the newest is what a lost device costs no more than. */
  private store(): RunStore {
    return {
      writeCheckpoint: async (name, files) => {
        this.snapshot = files;
        this.sinceSnapshot = { edits: [], groups: [] };
        return name;
      },
      writeBest: async () => 'best',
    };
  }
}

/** All that waits, noted on the way out. */
function taken<T>(waiting: T[], noted: T[]): T[] {
  const all = waiting.splice(0);
  noted.push(...all);
  return all;
}

function checkpointOf(files: Files, model: LoadedModel): Checkpoint {
  const encoder = readSafetensors(files.get('model.safetensors')!, 'snapshot').tensors;
  return readCheckpoint(
    'snapshot',
    files.get(STATE_FILE)!,
    files.get(TENSOR_FILE)!,
    matchParameters(model.config, encoder),
  );
}
