// One training in the worker: the core's `train`, steered by a gate, watched on the side, sent back and forth along
// its timeline, and carried over a lost device from its newest snapshot.
import type { Group } from '../data/group.ts';
import { longestInput } from '../encoder/config.ts';
import type { LoadedModel } from '../encoder/folder.ts';
import { assertDeviceSound, deviceFault } from '../kernels/backend.ts';
import type { Matrix } from '../metrics/vectors.ts';
import type { RunEvent } from '../run/events.ts';
import type { DeviceInfo } from '../util/devices.ts';
import type { Branch, Checkpoint } from '../trainer/checkpoint.ts';
import { Embedder } from '../trainer/embedder.ts';
import type { KnobEdit } from '../run/knobEdit.ts';
import type { Files } from '../trainer/host.ts';
import type { Snapshot } from '../trainer/snapshot.ts';
import type { StepTrace } from '../run/trace.ts';
import { readingFrame } from '../trainer/stepLog.ts';
import { train, type RunningTraining } from '../trainer/train.ts';
import { Failure, messageOf } from '../util/failure.ts';
import { Gate } from './gate.ts';
import { Keeping } from './keeping.ts';
import type { Keeper } from './keptRuns.ts';
import { Outbox } from './outbox.ts';
import type { StartCommand, Report } from './protocol.ts';
import { Questions } from './questions.ts';
import { IdleTimer } from './idleTimer.ts';
import { EditLog } from './editLog.ts';
import { progressReporter } from './progressReporter.ts';
import { Timeline } from './timeline.ts';
import { Travel } from './travel.ts';
import { Watch } from './watch.ts';

export interface TrainingHost {
  post: (report: Report, transfer?: Transferable[]) => void;
  model: LoadedModel;
  device: DeviceInfo;
  /** Starts a device again after the last one was lost. */
  restartDevice: () => Promise<DeviceInfo>;
  /** Bytes for the past of the run, when it is not what timeline.ts says. */
  timelineBudget?: number | undefined;
}

/** What a run begins with that does not begin at step 0. */
export interface Origin {
  branch?: Branch | undefined;
  resume?: Checkpoint | undefined;
  script?: EditLog | undefined;
  /** Is the one that is resumed a branch? */
  branched?: boolean | undefined;
  /** Where its checkpoints are kept. */
  keeper?: Keeper | undefined;
  /** A sentence for the record. */
  notice?: string | undefined;
}

/** Devices lost before a run gives up. */
const MAX_LOSSES = 3;

export class Training {
  readonly gate = new Gate();
  readonly script: EditLog;
  private readonly outbox: Outbox;
  private readonly abort = new AbortController();
  private readonly timeline: Timeline;
  private readonly watch: Watch;
  private readonly travel: Travel;
  private readonly questions = new Questions();
  private readonly keeping: Keeping;
  private readonly idle = new IdleTimer(() => this.gate.nudge());
  private edits: KnobEdit[] = [];
  private added: Group[] = [];
  private running: RunningTraining | undefined;
  /** Where to begin again after trouble. */
  private at: Snapshot | undefined;
  /** The weights before training, for comparison; made when first asked for. */
  private initial: Embedder | undefined;
  private said = '';
  /** The end was gone to, not trained to: it has been told. */
  private endKnown = false;
  private over = false;
  private done: Promise<void> = Promise.resolve();

  constructor(
    readonly command: StartCommand,
    private readonly host: TrainingHost,
    private readonly origin: Origin = {},
  ) {
    this.outbox = new Outbox(command.run, host.post);
    this.script = origin.script ?? new EditLog();
    this.timeline = new Timeline(host.timelineBudget);
    this.watch = new Watch(command.follow, {
      timeline: this.timeline,
      before: (sentences) => this.before(sentences),
      show: (embeddings, step, initial) => this.show(embeddings, step, initial),
    });
    this.travel = new Travel(this.timeline, this.script, this.watch, {
      signal: this.abort.signal,
      sought: (step, milliseconds) => this.sought(step, milliseconds),
      changed: () => this.reportTimeline(),
    });
    const { config, own } = command;
    const branched = origin.branched ?? origin.branch !== undefined;
    this.keeping = new Keeping(
      {
        keeper: origin.keeper,
        run: () => ({ config, own, branched, script: [...this.script.all()] }),
        note: (text) => this.note(text),
      },
      origin.resume?.state.step,
    );
  }

  /** Trains until the end or until given up; never throws. */
  start(): void {
    this.done = this.live();
  }

  /** Changes a hot knob from the next step on. */
  edit(edit: KnobEdit): void {
    this.edits.push(edit);
  }

  add(groups: readonly Group[]): void {
    this.added.push(...groups);
  }

  setWatched(sentences: readonly string[]): void {
    this.watch.set(sentences);
    this.gate.nudge();
  }

  /** Pauses and goes to a step that the run has reached before. */
  seek(step: number): void {
    this.idle.touch();
    this.gate.pause();
    this.travel.want(step);
    this.gate.nudge();
  }

  /** Sentences with the weights the run began with and with those it has now; done between two steps. */
  encode(sentences: readonly string[]): Promise<{ before: Matrix; now: Matrix }> {
    return this.ask(async (running) => {
      const before = await this.before(sentences);
      return { before, now: running.step === 0 ? before : await running.embed(sentences) };
    });
  }

  /** The next step taken apart, with what waits to change it; done between two steps, and changes nothing. */
  trace(): Promise<StepTrace> {
    return this.ask((running) => {
      const known = this.script.at(running.step);
      return running.trace({
        edits: [...known.edits, ...this.edits],
        groups: [...known.groups, ...this.added],
      });
    });
  }

  /** The encoder as a folder of files; done between two steps. */
  exportModel(): Promise<Files> {
    return this.ask((running) => running.modelFiles());
  }

  /** The whole state at a step, for another run to begin from. @throws Failure when the run was never there */
  checkpointAt(step: number): Promise<Checkpoint> {
    this.gate.pause();
    this.travel.want(step, true);
    return this.ask(async (running) => {
      if (running.step === step) return running.checkpoint();
      throw new Failure(`The run has no step ${step} to branch from; it is at step ${running.step}.`);
    });
  }

  /** Asks something of the weights as they are between two steps. */
  ask<T>(answer: (running: RunningTraining) => Promise<T>): Promise<T> {
    this.idle.touch();
    const answered = this.questions.ask(answer);
    if (this.over) this.questions.refuse();
    else this.gate.nudge();
    return answered;
  }

  /** Ends the run and waits until it has let go of the device. */
  async giveUp(): Promise<void> {
    this.abort.abort();
    this.gate.abandon();
    await this.done;
    this.idle.stop();
    this.keeping.stop();
    this.outbox.flush();
    this.initial?.dispose();
  }

  /** What was kept of the run is to be deleted: nothing more is kept. */
  stopKeeping(): void {
    this.keeping.stop();
  }

  private async live(): Promise<void> {
    await this.trainThrough();
    this.over = true;
    this.questions.refuse();
  }

  /** Trains to the end, over lost devices. */
  private async trainThrough(): Promise<void> {
    for (let losses = 0; ;) {
      try {
        await this.go();
        return;
      } catch (error) {
        const position = this.running && this.travel.step(this.running);
        this.running = undefined;
        const fault = await deviceFault();
        if (fault !== undefined && losses++ < MAX_LOSSES) {
          if (!(await this.recover(fault, position ?? 0))) return;
        } else {
          this.fail(error);
          if (!(await this.revived())) return;
        }
      }
    }
  }

  private fail(error: unknown): void {
    if (this.abort.signal.aborted) return;
    this.outbox.send({
      type: 'failed',
      during: this.watch.isNew ? 'start' : 'training',
      message: messageOf(error),
    });
    this.status('ended');
  }

  /** A run that failed has a past to go back to. Returns whether somebody did. */
  private async revived(): Promise<boolean> {
    while (!this.abort.signal.aborted && this.timeline.newest !== undefined) {
      if (this.travel.isWanted) {
        this.at = this.timeline.newest;
        return true;
      }
      this.questions.refuse();
      this.gate.pause();
      await this.gate.pass();
    }
    return false;
  }

  private async recover(reason: string, position: number): Promise<boolean> {
    this.status('recovering');
    this.initial = undefined; // its device is gone
    try {
      this.host.device = await this.host.restartDevice();
    } catch (error) {
      this.fail(error);
      return false;
    }
    this.at = this.timeline.newest;
    this.watch.refresh();
    if (this.at && position < this.travel.known) {
      // It was lost while the past was being looked at; the future that is known stays so.
      if (!this.travel.isWanted) this.travel.want(position);
      return true;
    }
    this.travel.known = this.at?.step ?? 0;
    this.timeline.cut(this.travel.known);
    this.outbox.send({ type: 'rewound', run: this.command.run, step: this.travel.known, reason });
    return true;
  }

  private async go(): Promise<void> {
    const { command, host, origin } = this;
    this.status('starting');
    const events = train(
      { ...command, model: host.model, device: host.device },
      {
        ...origin,
        at: this.at,
        frame: readingFrame(host.device),
        accepted: (running) => this.accept(running),
        control: {
          signal: this.abort.signal,
          compiled: progressReporter('kernels', host.post),
          takeEdits: () => this.takeEdits(),
          takeGroups: () => this.takeGroups(),
          beforeStep: () => this.beforeStep(),
          afterLast: () => this.afterLast(),
        },
      },
    );
    for await (const event of events) {
      const lost = event.type === 'end' && event.reason === 'failed' && (await deviceFault()) !== undefined;
      if (!lost && !(event.type === 'end' && this.endKnown)) this.tell(event);
      if (event.type === 'end') this.endKnown = false;
    }
    this.running = undefined;
  }

  private tell(event: RunEvent): void {
    if (event.type === 'step') this.idle.touch();
    this.outbox.add(event);
  }

  private accept(running: RunningTraining): void {
    const { origin, timeline, travel } = this;
    this.running = running;
    travel.known = Math.max(travel.known, running.step);
    if (this.at) return;
    if (origin.resume && !origin.branched) timeline.add(running.beginning, 0);
    this.endKnown = running.step >= running.totalSteps;
    if (origin.notice !== undefined) this.note(origin.notice);
  }

  private note(text: string): void {
    this.outbox.add({ type: 'note', step: this.running?.step ?? 0, text });
  }

  /** Looks, and does what waits, until the next step may be made. */
  private async beforeStep(): Promise<void> {
    const running = this.running!;
    for (;;) {
      await this.attend(running);
      if (running.step >= running.totalSteps) {
        this.endKnown = true;
        return;
      }
      if (!this.gate.isOpen) this.status('waiting');
      const next = await this.next();
      if (next === 'abandoned') return;
      if (next === 'step' && (await this.travel.settle(running))) break;
    }
    this.status('running');
  }

  /** The finished run: its weights can still be looked at, and its past, until the next one begins. */
  private async afterLast(): Promise<boolean> {
    const running = this.running!;
    while (!this.abort.signal.aborted) {
      this.gate.pause();
      if (this.travel.step(running) === running.totalSteps && !this.travel.isWanted) this.status('ended');
      await this.attend(running);
      if (this.travel.step(running) === running.totalSteps) await this.next();
      else if (await this.travel.settle(running)) return true;
    }
    return false;
  }

  /** Waits for the next thing to do. */
  private next(): Promise<'step' | 'nudge' | 'abandoned'> {
    if (!this.gate.isOpen) this.idle.arm();
    return this.gate.pass();
  }

  private async attend(running: RunningTraining): Promise<void> {
    const { travel, questions, watch } = this;
    assertDeviceSound();
    if (this.runsOn(running)) {
      travel.known = Math.max(travel.known, running.step);
      return;
    }
    // Whatever is seen or said of a step comes after its event.
    for (const event of await running.settle()) this.tell(event);
    await travel.go(running);
    if (travel.owesWeights && (questions.areWaiting || watch.isStale) && !(await travel.settle(running)))
      return;
    if (travel.owesWeights) return;
    await this.keepSnapshot(running);
    if (running.step >= travel.known) await this.keeping.look(running, !this.gate.isOpen && this.idle.isIdle);
    // A question that came with a wish to be elsewhere is about the step there.
    if (travel.isWanted) return;
    await questions.answer(running);
    if (!this.gate.isOpen || watch.isDue) await watch.look(running);
  }

  /** Is there nothing to do but the next step, at once? Then the numbers of the last ones need not be waited for. */
  private runsOn(running: RunningTraining): boolean {
    const { step, config } = running;
    const { gate, travel, questions, watch } = this;
    const isAsked = travel.isWanted || travel.owesWeights || questions.areWaiting;
    const isKept = step % config.checkpointEvery === 0 || this.snapshotIsDue(running);
    return gate.isReady && !isAsked && !isKept && !watch.isDue;
  }

  private snapshotIsDue({ step, totalSteps, config }: RunningTraining): boolean {
    return step >= this.travel.known && this.timeline.isDue(step, totalSteps, config.checkpointEvery);
  }

  private async keepSnapshot(running: RunningTraining): Promise<void> {
    const isDue = this.snapshotIsDue(running);
    this.travel.known = Math.max(this.travel.known, running.step);
    if (!isDue) return;
    const started = performance.now();
    const snapshot = await running.snapshot();
    this.timeline.add(snapshot, performance.now() - started);
    this.reportTimeline();
  }

  private takeEdits(): KnobEdit[] {
    const { step } = this.running!;
    const fresh = this.edits.splice(0);
    if (fresh.length + this.added.length > 0 && step < this.travel.known) this.divergeAt(step);
    const known = [...this.script.at(step).edits];
    this.script.noteEdits(step, fresh);
    return [...known, ...fresh];
  }

  private takeGroups(): Group[] {
    const { step } = this.running!;
    const fresh = this.added.splice(0);
    const known = [...this.script.at(step).groups];
    this.script.noteGroups(step, fresh);
    return [...known, ...fresh];
  }

  /** Something changes at a step of the past: the run takes another way, and the known one is void. */
  private divergeAt(step: number): void {
    this.timeline.cut(step);
    this.script.cut(step);
    this.keeping.cut(step);
    this.running!.forgetLater();
    this.travel.known = step;
    const reason = `A change at step ${step} leads the run another way`;
    this.outbox.send({ type: 'rewound', run: this.command.run, step, reason });
    this.reportTimeline();
  }

  private sought(step: number, milliseconds: number): void {
    this.outbox.send({ type: 'seeked', run: this.command.run, step, milliseconds });
    this.said = '';
    this.status(step === this.running!.totalSteps ? 'ended' : 'waiting');
  }

  private show(embeddings: Matrix, step: number, initial: boolean): void {
    this.outbox.send({ type: 'embeddings', run: this.command.run, step, initial, embeddings }, [
      embeddings.data.buffer as ArrayBuffer,
    ]);
  }

  private reportTimeline(): void {
    const { kept, bytes, budget } = this.timeline;
    this.outbox.send({ type: 'timeline', run: this.command.run, snapshots: kept, bytes, budget });
  }

  /** Sentences with the weights the run began with. */
  private before(sentences: readonly string[]): Promise<Matrix> {
    this.initial ??= new Embedder(this.host.model, {
      pooling: this.command.config.pooling,
      maxLength: longestInput(this.host.model.config),
    });
    return this.initial.embedSentences(sentences);
  }

  /** Says what the training does now, if that is news. */
  private status(status: Extract<Report, { type: 'status' }>['status']): void {
    const step = this.running ? this.travel.step(this.running) : 0;
    const now = status === 'running' ? status : `${status} ${step}`;
    if (now !== this.said) this.outbox.send({ type: 'status', run: this.command.run, status, step });
    this.said = now;
  }
}
