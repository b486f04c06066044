// One training in the worker: wraps the core's train() and adds everything the page can do with it.
//
// From the `start` command to the end of the run:
//   1. startPoint.ts resolves where the run starts (step 0, another run's weights, a saved checkpoint) and constructs
//      this class; `start()` calls train(), whose events are reported in batches (runReporter.ts).
//   2. Before each step, train() calls beforeStep(): stepLoop.ts seeks to other steps (seeker.ts), takes snapshots
//      (timeline.ts), saves checkpoints (autosave.ts), answers requests (pendingRequests.ts), shows the followed
//      sentences (followedSentences.ts), and waits at the gate (gate.ts) until the next step may run.
//   3. Then train() takes the visitor's changes: runChanges.ts returns them and, if they were made at a past step,
//      discards the steps after it.
//   4. After the last step, afterLast() keeps the weights and the past available; after an error, recovery.ts decides
//      whether training restarts from a snapshot (lost device), waits for a seek to an earlier step, or ends.
import { deviceError } from '../kernels/deviceHealth.ts';
import type { Matrix } from '../metrics/vectors.ts';
import type { StepTrace } from '../run/trace.ts';
import type { Checkpoint } from '../trainer/checkpoint.ts';
import type { TrainingControl, Files } from '../trainer/host.ts';
import { forwardTime } from '../trainer/forwardTime.ts';
import { readbackInterval } from '../trainer/stepLog.ts';
import { train, type RunningTraining } from '../trainer/train.ts';
import { Failure } from '../util/failure.ts';
import { Autosave } from './autosave.ts';
import { EditLog } from './editLog.ts';
import { FollowedSentences } from './followedSentences.ts';
import { Gate } from './gate.ts';
import { IdleTimer } from './idleTimer.ts';
import { InitialEmbedder } from './initialEmbedder.ts';
import { PendingRequests } from './pendingRequests.ts';
import { progressReporter } from './progressReporter.ts';
import type { StartCommand } from './protocol.ts';
import { Recovery, type Restart } from './recovery.ts';
import { RunChanges } from './runChanges.ts';
import type { RunContext, StartPoint, TrainingHost } from './runContext.ts';
import { RunReporter } from './runReporter.ts';
import { Seeker } from './seeker.ts';
import { StepLoop } from './stepLoop.ts';
import { Timeline } from './timeline.ts';

export class Training {
  /** The visitor's changes to the training. */
  readonly changes: RunChanges;
  private readonly context: RunContext;
  private readonly initial: InitialEmbedder;
  private readonly followed: FollowedSentences;
  private readonly seeker: Seeker;
  private readonly autosave: Autosave;
  private readonly loop: StepLoop;
  private readonly recovery: Recovery;
  private readonly abort = new AbortController();
  /** Set while train() runs. */
  private running: RunningTraining | undefined;
  private isOver = false;
  private done: Promise<void> = Promise.resolve();

  constructor(
    readonly command: StartCommand,
    host: TrainingHost,
    private readonly startPoint: StartPoint = {},
  ) {
    const gate = new Gate();
    const context = {
      command,
      host,
      gate,
      reports: new RunReporter(command.run, host.post),
      timeline: new Timeline(host.timelineBudget),
      editLog: startPoint.editLog ?? new EditLog(),
      idle: new IdleTimer(() => gate.wake()),
      requests: new PendingRequests(),
      signal: this.abort.signal,
    };
    this.context = context;
    const initial = new InitialEmbedder(host.model, command.config.pooling);
    const followed = new FollowedSentences(context, initial);
    const seeker = new Seeker(context, followed);
    const autosave = new Autosave(context, startPoint);
    this.initial = initial;
    this.followed = followed;
    this.seeker = seeker;
    this.autosave = autosave;
    this.changes = new RunChanges(context, autosave);
    this.loop = new StepLoop(context, { seeker, followed, autosave });
    this.recovery = new Recovery(context, { seeker, followed, initial });
  }

  /** Play, pause and single step. */
  get gate(): Gate {
    return this.context.gate;
  }

  get editLog(): EditLog {
    return this.context.editLog;
  }

  /** Starts training, which runs until the end or until stopped; never throws. */
  start(): void {
    this.done = this.run();
  }

  /** Ends the run and waits until it has released the device. */
  async stop(): Promise<void> {
    this.abort.abort();
    this.gate.cancel();
    await this.done;
    this.context.idle.stop();
    this.autosave.stop();
    this.context.reports.flush();
    this.initial.dispose();
  }

  /** Replaces the sentences followed on the map. */
  follow(sentences: readonly string[]): void {
    this.followed.replace(sentences);
    this.gate.wake();
  }

  /** Pauses and goes to a step that the run has reached before. */
  seek(step: number): void {
    this.context.idle.touch();
    this.gate.pause();
    this.seeker.seek(step);
    this.gate.wake();
  }

  /** Stops autosaving: the saved run is about to be deleted. */
  stopSaving(): void {
    this.autosave.stop();
  }

  /** Embeddings [sentences, hidden] with the weights before training and with the current ones. */
  encode(sentences: readonly string[]): Promise<{ before: Matrix; now: Matrix }> {
    return this.betweenSteps(async (running) => {
      const before = await this.initial.embed(sentences);
      return { before, now: running.step === 0 ? before : await running.embed(sentences) };
    });
  }

  /** A trace of the next step, including the waiting changes, without running it. */
  trace(): Promise<StepTrace> {
    return this.betweenSteps((running) => running.trace(this.changes.nextAt(running.step)));
  }

  /** The encoder's files by name. */
  exportModel(): Promise<Files> {
    return this.betweenSteps((running) => running.modelFiles());
  }

  /** Milliseconds of a fixed forward pass, between two steps; changes nothing. */
  forwardTime(): Promise<number> {
    const { model, device } = this.context.host;
    return this.betweenSteps(() => forwardTime(model, device.name));
  }

  /** The full state at a step, for another run to start from. @throws Failure if the run has no such step */
  checkpointAt(step: number): Promise<Checkpoint> {
    this.gate.pause();
    this.seeker.seek(step, true);
    return this.betweenSteps(async (running) => {
      if (running.step === step) return running.checkpoint();
      throw new Failure(`The run has no step ${step} to branch from; it is at step ${running.step}.`);
    });
  }

  /** Calls a function between two steps, with the weights of the shown step. @throws Failure if the run is over */
  betweenSteps<T>(use: (running: RunningTraining) => Promise<T>): Promise<T> {
    const { idle, requests } = this.context;
    idle.touch();
    const result = requests.add(use);
    if (this.isOver) requests.rejectAll();
    else this.gate.wake();
    return result;
  }

  private async run(): Promise<void> {
    let restart: Restart | undefined;
    do {
      restart = await this.trainFrom(restart);
    } while (restart);
    this.isOver = true;
    this.context.requests.rejectAll();
  }

  /** @returns where training has to restart; undefined if the run is over */
  private async trainFrom(restart: Restart | undefined): Promise<Restart | undefined> {
    try {
      await this.train(restart);
      return undefined;
    } catch (error) {
      const { running } = this;
      this.running = undefined;
      return await this.recovery.after(error, running ? this.seeker.shownStep(running) : 0);
    }
  }

  private async train(restart: Restart | undefined): Promise<void> {
    const { command, host, reports } = this.context;
    const { branch, resume } = this.startPoint;
    reports.status('starting', 0);
    const at = restart?.from;
    const events = train(
      { ...command, model: host.model, device: host.device },
      {
        branch,
        resume,
        snapshot: at,
        readbackInterval: readbackInterval(host.device),
        onReady: (running) => this.accept(running, at !== undefined),
        control: this.control(),
      },
    );
    for await (const event of events) {
      const isFailure = event.type === 'end' && event.reason === 'failed';
      // A lost device does not end the run.
      if (isFailure && (await deviceError()) !== undefined) continue;
      this.loop.report(event);
    }
    this.running = undefined;
  }

  private control(): TrainingControl {
    return {
      signal: this.abort.signal,
      onCompileProgress: progressReporter('kernels', this.context.host.post),
      changes: this.changes,
      beforeStep: () => this.loop.beforeStep(this.accepted()),
      afterLastStep: () => this.loop.afterLast(this.accepted()),
    };
  }

  private accept(running: RunningTraining, isRestart: boolean): void {
    const { reports, timeline } = this.context;
    const { branched, notice, resume } = this.startPoint;
    this.running = running;
    timeline.reach(running.step);
    this.loop.begin(running, isRestart);
    if (isRestart) return;
    if (resume && !branched) timeline.addSnapshot(running.initialState, 0);
    if (notice !== undefined) reports.note(running.step, notice);
  }

  /** The running training, which train() sets before it calls any other method of its control. */
  private accepted(): RunningTraining {
    if (!this.running) throw new Error('train() used its control before it accepted the run');
    return this.running;
  }
}
