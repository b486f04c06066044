// A training session: steps, evaluation, tracing and edits, on the state of a run.
import type { Group } from '../data/group.ts';
import { dropoutEverywhere } from '../encoder/pass.ts';
import { assertDeviceSound } from '../kernels/deviceHealth.ts';
import type { CompileOptions } from '../kernels/compile.ts';
import { usePrecision } from '../kernels/precision.ts';
import { objectiveWith } from '../losses/objective.ts';
import type { Matrix } from '../metrics/vectors.ts';
import type { Config } from '../run/config.ts';
import type { HeaderEvent, MetricEvent, RunEvent, StepEvent } from '../run/events.ts';
import { applyEdit, withEdits, type KnobChange, type KnobEdit } from '../run/knobEdit.ts';
import { PATTERNS } from '../run/settings.ts';
import type { StepTrace } from '../run/trace.ts';
import { Failure } from '../util/failure.ts';
import { forkKey, Random, type Key } from '../util/random.ts';
import { disposeClipped } from './adamw.ts';
import type { Checkpoint } from './checkpoint.ts';
import { embedRows } from './embed.ts';
import { measureAll } from './evaluate.ts';
import { additionEvents } from './additionEvents.ts';
import { headerOf } from './header.ts';
import type { ChangeSource, Files } from './host.ts';
import type { StepBatches } from './nextBatches.ts';
import { userExamples, type AddedGroups, type Prepared, type RunInputs } from './prepare.ts';
import { RunState } from './runState.ts';
import { areFinite, notFinite } from './scalars.ts';
import { scheduleFactor } from './schedule.ts';
import type { Snapshot } from './snapshot.ts';
import { averagedGradient, disposeGradient, stepGradient, type StepModel, type StepOptions } from './step.ts';
import type { QueuedStep } from './stepLog.ts';
import { traceStep } from './trace.ts';
import { traceRows } from './traceRows.ts';
import { sizesOf } from './views.ts';
import { compileStep } from './compileStep.ts';

export class TrainingSession {
  readonly state: RunState;
  private readonly keys: { dropout: Key; measure: Key };

  /**
   * @param readbackInterval steps within this many milliseconds are read back together
   * @throws Failure or UsageFailure when the inputs do not fit together; nothing stays allocated in that case
   */
  constructor(
    private readonly inputs: RunInputs,
    readbackInterval = 0,
  ) {
    usePrecision(inputs.config.precision);
    const random = Random.seeded(inputs.config.seed);
    this.keys = { dropout: random.fork('dropout').key, measure: random.fork('measure').key };
    this.state = new RunState(inputs, random, readbackInterval);
  }

  /** Number of updates made. */
  get step(): number {
    return this.state.step;
  }

  get totalSteps(): number {
    return this.state.totalSteps;
  }

  get config(): Config {
    return this.state.config;
  }

  get prepared(): Prepared {
    return this.state.prepared;
  }

  get model(): StepModel {
    return this.state.model;
  }

  /** The state before any step. */
  get initialState(): Snapshot {
    return this.state.initial;
  }

  private get hierarchical(): boolean {
    return PATTERNS[this.inputs.setting.pattern].hierarchical;
  }

  header(): HeaderEvent {
    return headerOf(this.inputs, this.prepared, this.model, this.config);
  }

  /** Compiles the kernels of the next step in advance, if that saves time; does not change the training. */
  async compileKernels(options: CompileOptions = {}): Promise<void> {
    if (this.step >= this.totalSteps) return;
    const { config, model, state } = this;
    const { batches } = this.nextStep(config, []);
    const { optimizer } = state;
    await compileStep({ model, optimizer, batches, maxGradNorm: config.maxGradNorm }, options);
  }

  /**
   * Performs one update. The scalars are read back only for logged steps, and together with those of earlier steps if
   * steps are shorter than a frame. A loss or gradient that is not finite stops the run: before the weights are updated
   * if each step is read back separately, otherwise before anything is derived from the weights.
   * @param replayed true for a step that was run before and emits no event
   * @returns the events that are available so far
   * @throws Failure naming the step, the batch and the likely reason
   */
  async update(replayed = false): Promise<StepEvent[]> {
    const { config, model, state } = this;
    const { log, optimizer } = state;
    const number = this.step + 1;
    const last = number === this.totalSteps;
    const logged = last || number % config.logEvery === 0;
    log.startTimer();
    const batches = state.batches.take(number);
    const { rows } = batches;
    const gradient = averagedGradient(
      rows.map((row, part) => () => stepGradient(model, row, this.stepOptions(config, number, part))),
    );
    const clipped = optimizer.clip(gradient.gradients, config.maxGradNorm);
    const { norm } = clipped;
    try {
      const learningRate = this.learningRate(config);
      const step = { type: 'step', step: number, learningRate, ...sizesOf(rows) } as const;
      log.enqueue(
        step.tokens,
        logged
          ? { facts: step, gradient, norm, check: this.check(number, config, batches), replayed }
          : undefined,
      );
      const read = last || log.isDue() ? log.read() : undefined;
      // Done while the device computes.
      if (!last) state.batches.prefetch(number + 1);
      await read;
      optimizer.apply(clipped, learningRate, config);
      state.step = number;
      log.lap();
      return log.takeEvents();
    } finally {
      disposeClipped(clipped);
      disposeGradient(gradient);
    }
  }

  /** Returns a check that stops the run if the numbers of a step are not finite. */
  private check(number: number, config: Config, { batches }: StepBatches): QueuedStep['check'] {
    const { examples } = this.prepared;
    return (scalars) => {
      if (areFinite(scalars)) return;
      this.state.step = number - 1;
      const ids = batches.flatMap(({ plain, generated }) =>
        [...plain, ...generated].map((i) => examples[i]!.id),
      );
      throw notFinite(scalars, number, config, ids);
    };
  }

  /** Waits for the numbers of all steps so far, and takes their events. @throws Failure as update() */
  async flushEvents(): Promise<StepEvent[]> {
    const { log } = this.state;
    if (log.hasUnread) {
      log.startTimer();
      await log.read();
      log.lap();
    }
    return log.takeEvents();
  }

  /** Takes the events of steps that were read back before a failure interrupted the run. */
  takeEvents(): StepEvent[] {
    return this.state.log.takeEvents();
  }

  /** @param part index of the batch among the accumulated batches of a step */
  private stepOptions(config: Config, number: number, part: number): StepOptions {
    return {
      objective: objectiveWith({ ...config, hierarchical: this.hierarchical }),
      dropout: dropoutEverywhere(config.dropout),
      key: forkKey(forkKey(this.keys.dropout, number), part),
    };
  }

  /** The learning rate of the next update. */
  private learningRate({ learningRate, schedule, warmupSteps }: Config): number {
    return learningRate * scheduleFactor(schedule, this.step, warmupSteps, this.totalSteps);
  }

  /** The next step with this configuration and these groups added; changes nothing. */
  private nextStep(config: Config, groups: readonly Group[]) {
    const { prepared, inputs, state } = this;
    const number = this.step + 1;
    const joining = userExamples(groups, prepared.roles, inputs.setting.pattern).examples;
    const { examples, batches: drawn } = state.batches.peek(joining);
    const batches = drawn.map((batch, part) => ({
      rows: prepared.views.batchRows(examples, batch),
      options: this.stepOptions(config, number, part),
    }));
    return { number, examples, drawn, batches };
  }

  /**
   * Traces the next step, with the pending edits and groups. The state does not change: the next step has yet to be
   * run, and will be the same as the trace.
   * @throws Failure when there is no next step, or when its numbers would not be finite
   */
  async trace(pending: { edits?: readonly KnobEdit[]; groups?: readonly Group[] } = {}): Promise<StepTrace> {
    if (this.step >= this.totalSteps) {
      throw new Failure(
        `All ${this.totalSteps} steps of this run are made; go back on the timeline to take one of them apart.`,
      );
    }
    const { model, prepared, inputs, state } = this;
    const config = withEdits(this.config, pending.edits ?? []);
    const { number, examples, drawn, batches } = this.nextStep(config, pending.groups ?? []);
    const token = (id: number) => inputs.model.tokenizer.token(id);
    const rows = traceRows({ examples, batch: drawn[0]!, roles: prepared.roles, token }, batches[0]!.rows);
    const learningRate = this.learningRate(config);
    const { hierarchical } = this;
    const { optimizer } = state;
    return traceStep({ number, model, optimizer, config, hierarchical, learningRate, batches, rows });
  }

  /**
   * Applies the user's changes: edits of hot knobs from the next step on, groups to the next batch and all later epochs.
   * @returns the events of the steps so far, if there are changes, and of the changes
   */
  async applyChanges(source: ChangeSource): Promise<RunEvent[]> {
    const { edits, groups } = source.take(this);
    if (edits.length + groups.length === 0) return [];
    const { step } = this;
    const earlier = await this.flushEvents();
    const edited = edits.map((edit) => ({ type: 'edit', step, ...this.edit(edit) }) as const);
    return [...earlier, ...edited, ...additionEvents(step, this.addGroups(groups))];
  }

  /** Changes a hot knob. */
  edit(edit: KnobEdit): KnobChange {
    const { config, change } = applyEdit(this.config, edit);
    this.state.config = config;
    return change;
  }

  /** Adds the user's groups to the next batch, and to all later epochs. */
  addGroups(groups: readonly Group[]): AddedGroups {
    return this.state.addGroups(groups);
  }

  /** Embeds sentences in the same way as evaluation, with the current weights; changes nothing. */
  embed(sentences: readonly string[]): Promise<Matrix> {
    const { parameters, config, pooling } = this.model;
    const rows = sentences.map((sentence) => this.prepared.views.evaluationIds(sentence));
    return embedRows(parameters, config, rows, { pooling });
  }

  /** Measures alignment and uniformity of both sides (held-out and evaluation data), and STS. */
  async evaluate(): Promise<MetricEvent[]> {
    const { model, prepared, config } = this;
    const measurer = {
      encoder: model.parameters,
      config: model.config,
      knobs: config,
      dropout: dropoutEverywhere(config.dropout),
    };
    const events = await measureAll(measurer, prepared, this.step, forkKey(this.keys.measure, this.step));
    await this.state.log.readSaturation(this.step);
    assertDeviceSound();
    this.state.addMetrics(events);
    return events;
  }

  modelFiles(): Promise<Files> {
    return this.state.modelFiles();
  }

  checkpoint(): Promise<Checkpoint> {
    return this.state.checkpoint();
  }

  snapshot(): Promise<Snapshot> {
    return this.state.snapshot();
  }

  goTo(snapshot: Snapshot): void {
    this.state.goTo(snapshot);
  }

  /** Runs a step again with its original edits and groups; emits no events. */
  async replayStep(edits: readonly KnobEdit[], groups: readonly Group[]): Promise<void> {
    this.state.config = withEdits(this.config, edits);
    if (groups.length > 0) this.addGroups(groups);
    await this.update(true);
  }

  discardLaterReadings(): void {
    this.state.discardLaterReadings();
  }

  dispose(): void {
    this.state.dispose();
    usePrecision('f32');
  }
}
