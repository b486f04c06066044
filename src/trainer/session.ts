// A training in progress: everything that changes from step to step, and the few things one can do with it.
import type { Group } from '../data/group.ts';
import { dropoutEverywhere } from '../encoder/pass.ts';
import { modelFiles } from '../encoder/folder.ts';
import { initialHead, isHead } from '../encoder/head.ts';
import { assertDeviceSound } from '../kernels/backend.ts';
import type { CompileOptions } from '../kernels/compile.ts';
import { usePrecision } from '../kernels/precision.ts';
import { isEmbedding, Parameters } from '../encoder/parameters.ts';
import type { NamedTensor, TensorMap } from '../encoder/safetensors.ts';
import type { Config } from '../run/config.ts';
import type { HeaderEvent, MetricEvent, StepEvent } from '../run/events.ts';
import { applyEdit, withEdits, type KnobChange, type KnobEdit } from '../run/knobEdit.ts';
import { appendMetric, cutMetrics, emptyMetrics, metricsUpTo } from '../record/series.ts';
import { bestSts, summarize, type RunSummary } from '../record/summary.ts';
import { PATTERNS, settingName } from '../run/settings.ts';
import { Failure, UsageFailure } from '../util/failure.ts';
import { forkKey, Random, type Key } from '../util/random.ts';
import { AdamW, disposeClipped } from './adamw.ts';
import {
  metricsOf,
  momentsOf,
  readingsOf,
  stateFiles,
  type Branch,
  type Checkpoint,
  type CheckpointState,
} from './checkpoint.ts';
import { measure, measureSts } from './evaluate.ts';
import { headerOf, identityOf } from './header.ts';
import type { Files } from './host.ts';
import type { Matrix } from '../metrics/vectors.ts';
import { ownExamples, prepare, type Prepared, type RunInputs } from './prepare.ts';
import { embedRows } from './embed.ts';
import { NextBatches, type StepBatches } from './nextBatches.ts';
import { areFinite, notFinite } from './scalars.ts';
import { scheduleFactor } from './schedule.ts';
import { makeSnapshot, tensorsOf, untouched, type Snapshot, type RunCursor } from './snapshot.ts';
import { StepLog, type LoggedStep } from './stepLog.ts';
import { averagedGradient, disposeGradient, stepGradient, type StepModel, type StepOptions } from './step.ts';
import { traceStep } from './trace.ts';
import { traceRows } from './traceRows.ts';
import { sizesOf } from './views.ts';
import { warmUp } from './warmUp.ts';
import type { StepTrace } from '../run/trace.ts';

export class TrainingSession {
  /** Updates made. */
  step = 0;
  config: Config;
  best: { step: number; sts: number } | null = null;
  readonly prepared: Prepared;
  /** The state before any step, as this session's inputs make it. */
  readonly beginning: Snapshot;
  readonly model: StepModel;

  /** Groups that joined while the training ran, and the first epoch whose order has them. */
  private joined: RunCursor['joined'] = [];
  private measured = emptyMetrics();
  /** Parameters and moments that snapshots are told apart from; a moment that is not there was zero. */
  private origin: TensorMap;
  /** Examples that were there at the beginning. */
  private readonly begunWith: number;
  private readonly next: NextBatches;
  private readonly log: StepLog;
  private readonly keys: { dropout: Key; measure: Key };
  private readonly optimizer: AdamW;

  /**
   * @param frame milliseconds of steps whose numbers may be read together
   * @throws Failure or UsageFailure when the inputs do not go together; nothing is left allocated then.
   */
  constructor(
    private readonly inputs: RunInputs,
    frame = 0,
  ) {
    this.log = new StepLog(frame);
    this.config = { ...inputs.config };
    usePrecision(this.config.precision);
    const random = Random.seeded(this.config.seed);
    this.keys = { dropout: random.fork('dropout').key, measure: random.fork('measure').key };
    this.prepared = prepare(inputs, random);
    this.begunWith = this.prepared.examples.length;
    this.next = new NextBatches(this.prepared, this.config.accumulate);
    const { config, tensors } = inputs.model;
    const head = this.config.head && this.config.pooling !== 'mean';
    this.origin = new Map([...tensors, ...(head ? initialHead(config.hidden, this.config.seed) : [])]);
    const parameters = new Parameters(this.origin);
    const trained = parameters.names().filter((name) => !(this.config.freezeEmbeddings && isEmbedding(name)));
    this.model = { parameters, config, head, trained, pooling: this.config.pooling };
    this.optimizer = new AdamW(parameters, trained);
    this.beginning = untouched(this.cursor(), trained);
  }

  get totalSteps(): number {
    return this.prepared.totalSteps;
  }

  header(): HeaderEvent {
    return headerOf(this.inputs, this.prepared, this.model, this.config);
  }

  /** Compiles the kernels of the next step, where that saves time; changes nothing. */
  async warmUp(options: CompileOptions = {}): Promise<void> {
    const number = this.step + 1;
    if (number > this.totalSteps) return;
    const { model, optimizer, config, prepared } = this;
    const { examples, taken } = this.next.peek([]);
    const batches = taken.map((batch, part) => ({
      rows: prepared.views.batchRows(examples, batch, number),
      options: this.stepOptions(config, number, part),
    }));
    await warmUp({ model, optimizer, batches, maxGradNorm: config.maxGradNorm }, options);
  }

  /**
   * One update. The scalars are read back only when the step is logged, and together with those of the steps before
   * where they are shorter than a frame. A loss or gradient that is not finite stops the run: before the update touches
   * the weights where each step is read by itself, else before anything is made of them.
   * @param silent it was made before: it has no event
   * @returns the events that are known by now
   * @throws Failure naming step, batch and likely reason.
   */
  async update(silent = false): Promise<StepEvent[]> {
    const { config, model, log } = this;
    const number = this.step + 1;
    const last = number === this.totalSteps;
    const logged = last || number % config.logEvery === 0;
    log.begin();
    const batches = this.next.take(number);
    const { rows } = batches;
    const gradient = averagedGradient(
      rows.map((row, part) => () => stepGradient(model, row, this.stepOptions(config, number, part))),
    );
    const clipped = this.optimizer.clip(gradient.gradients, config.maxGradNorm);
    const { norm } = clipped;
    try {
      const learningRate = this.learningRate(config);
      const step = { type: 'step', step: number, learningRate, ...sizesOf(rows) } as const;
      log.note(
        rows.reduce((n, r) => n + r.rows.reduce((m, ids) => m + ids.length, 0), 0),
        logged
          ? { facts: step, gradient, norm, check: this.check(number, config, batches), silent }
          : undefined,
      );
      const read = last || log.isDue() ? log.read() : undefined;
      // The device computes meanwhile.
      if (!last) this.next.prepare(number + 1);
      await read;
      this.optimizer.apply(clipped, learningRate, config);
      this.step = number;
      log.lap();
      return log.take();
    } finally {
      disposeClipped(clipped);
      disposeGradient(gradient);
    }
  }

  /** Stops the run at a step whose numbers are not finite. */
  private check(number: number, config: Config, { taken }: StepBatches): LoggedStep['check'] {
    const { examples } = this.prepared;
    return (scalars) => {
      if (areFinite(scalars)) return;
      this.step = number - 1;
      const ids = taken.flatMap(({ plain, generated }) =>
        [...plain, ...generated].map((i) => examples[i]!.id),
      );
      throw notFinite(scalars, number, config, ids);
    };
  }

  /** Waits for the numbers of all steps that were made, and takes their events. @throws Failure as update does */
  async settle(): Promise<StepEvent[]> {
    if (this.log.isUnread) {
      this.log.begin();
      await this.log.read();
      this.log.lap();
    }
    return this.log.take();
  }

  /** Events of steps that are known and were not taken, if a failure came between. */
  told(): StepEvent[] {
    return this.log.take();
  }

  /** @param part which of a step's accumulated batches */
  private stepOptions(config: Config, number: number, part: number): StepOptions {
    return {
      temperature: config.temperature,
      beta: config.beta,
      margins: config.margins,
      hierarchical: PATTERNS[this.inputs.setting.pattern].hierarchical,
      dropout: dropoutEverywhere(config.dropout),
      key: forkKey(forkKey(this.keys.dropout, number), part),
    };
  }

  /** Of the next update. */
  private learningRate({ learningRate, schedule, warmupSteps }: Config): number {
    return learningRate * scheduleFactor(schedule, this.step, warmupSteps, this.totalSteps);
  }

  /**
   * The next step taken apart, with the edits and groups that wait for it. Nothing changes: the step is still to be
   * made, and will be the one that was shown.
   * @throws Failure when there is no next step, or when it would give numbers that are not finite.
   */
  async trace(pending: { edits?: readonly KnobEdit[]; groups?: readonly Group[] } = {}): Promise<StepTrace> {
    const number = this.step + 1;
    if (number > this.totalSteps) {
      throw new Failure(
        `All ${this.totalSteps} steps of this run are made; go back on the timeline to take one of them apart.`,
      );
    }
    const { model, optimizer, prepared, inputs } = this;
    const config = withEdits(this.config, pending.edits ?? []);
    const joining = ownExamples(pending.groups ?? [], prepared.roles, inputs.setting.pattern).examples;
    const { examples, taken } = this.next.peek(joining);
    const batches = taken.map((batch, part) => ({
      rows: prepared.views.batchRows(examples, batch, number),
      options: this.stepOptions(config, number, part),
    }));
    const token = (id: number) => inputs.model.tokenizer.token(id);
    const rows = traceRows({ examples, batch: taken[0]!, roles: prepared.roles, token }, batches[0]!.rows);
    const learningRate = this.learningRate(config);
    return traceStep({ number, model, optimizer, config, learningRate, batches, rows });
  }

  /** Takes the visitor's groups into the next batch, and into every epoch after this one. */
  add(groups: readonly Group[], epoch = this.next.cursor.epoch + 1): { taken: Group[]; refused: string[] } {
    const { examples, plan, views, roles } = this.prepared;
    const own = ownExamples(groups, roles, this.inputs.setting.pattern);
    for (const example of own.examples) {
      this.next.join(examples.length);
      plan.since[examples.length] = epoch;
      plan.generated.push(example.generated);
      examples.push(views.tokenise(example));
    }
    this.joined.push(...own.taken.map((group) => ({ group, epoch })));
    return own;
  }

  /** Takes back all groups that joined, and lets these join instead. */
  private rejoin(joined: RunCursor['joined']): void {
    const { examples, plan } = this.prepared;
    for (const list of [examples, plan.generated, plan.since])
      list.length = Math.min(list.length, this.begunWith);
    this.joined = [];
    for (const { group, epoch } of joined) this.add([group], epoch);
  }

  /** Sentences as evaluation embeds them, with the weights as they stand; changes nothing. */
  embed(sentences: readonly string[]): Promise<Matrix> {
    const { parameters, config, pooling } = this.model;
    const rows = sentences.map((sentence) => this.prepared.views.evaluationIds(sentence));
    return embedRows(parameters, config, rows, { pooling });
  }

  /** Alignment and uniformity of both sides, and STS; keeps the best score. */
  async evaluate(): Promise<MetricEvent[]> {
    const { model, prepared, config } = this;
    const measurer = {
      encoder: model.parameters,
      config: model.config,
      knobs: config,
      dropout: dropoutEverywhere(config.dropout),
    };
    const key = forkKey(this.keys.measure, this.step);
    const events: MetricEvent[] = [];
    for (const set of prepared.measured) events.push(...(await measure(measurer, set, this.step, key)));
    if (prepared.sts) events.push(await measureSts(measurer, prepared.sts, this.step));
    assertDeviceSound();
    for (const event of events) appendMetric(this.measured, event);
    return events;
  }

  /** Notes the score of this step; true when it is the best so far. */
  noteSts(value: number): boolean {
    if (this.best && this.best.sts >= value) return false;
    this.best = { step: this.step, sts: value };
    return true;
  }

  /** Changes a hot knob. */
  edit(edit: KnobEdit): KnobChange {
    const { config, change } = applyEdit(this.config, edit);
    this.config = config;
    return change;
  }

  summary(): RunSummary {
    return summarize(this.measured, this.step, this.log.lastLoss);
  }

  /** The model as it stands, in Hugging Face layout. */
  async modelFiles(): Promise<Files> {
    return this.layout(await this.model.parameters.read());
  }

  private layout(parameters: TensorMap): Files {
    const encoder = new Map([...parameters].filter(([name]) => !isHead(name)));
    return modelFiles(this.inputs.model, encoder, this.config.pooling, this.config.maxLength);
  }

  /**
   * The model and everything else that going on needs.
   * @throws Failure when a number is not finite or the device is lost: it must not replace a good checkpoint.
   */
  async checkpointFiles(): Promise<Files> {
    const { state, tensors, encoder } = await this.checkpoint();
    return new Map([...this.layout(encoder), ...stateFiles(state, tensors)]);
  }

  /** The same in memory. */
  async checkpoint(): Promise<Checkpoint> {
    await this.log.read();
    const parameters = await this.model.parameters.read();
    const tensors: TensorMap = new Map([...parameters].filter(([name]) => isHead(name)));
    for (const [name, tensor] of await this.optimizer.read()) tensors.set(name, tensor);
    assertDeviceSound();
    this.refuseInfinite([...parameters, ...tensors]);
    const encoder = new Map([...parameters].filter(([name]) => !isHead(name)));
    return { state: this.state(), tensors, encoder };
  }

  private refuseInfinite(tensors: Iterable<[string, NamedTensor]>): void {
    for (const [name, { data }] of tensors) {
      if (data.every(Number.isFinite)) continue;
      throw new Failure(
        `After step ${this.step} "${name}" is not finite; the last checkpoint is kept as it is.`,
      );
    }
  }

  private state(): CheckpointState {
    return {
      step: this.step,
      setting: settingName(this.inputs.setting),
      config: this.config,
      totalSteps: this.totalSteps,
      cursor: this.next.cursor,
      model: identityOf(this.model.config),
      data: this.prepared.digest,
      joined: [...this.joined],
      best: this.best,
      readings: readingsOf(metricsUpTo(this.measured, this.step)),
      lastLoss: this.log.lastLoss,
      spent: { ...this.log.spent },
    };
  }

  /** Goes on from a checkpoint. @throws Failure when it belongs to another model, setting or data. */
  restore({ state, tensors, encoder }: Checkpoint): void {
    const mismatch = (what: string, theirs: string, ours: string): never => {
      throw new Failure(`The checkpoint is of another ${what}: it has ${theirs}, this run has ${ours}.`);
    };
    if (state.model !== identityOf(this.model.config))
      mismatch('model', state.model, identityOf(this.model.config));
    const setting = settingName(this.inputs.setting);
    if (state.setting !== setting) mismatch('setting', state.setting, setting);
    if (state.data !== this.prepared.digest)
      mismatch('data set', `training data ${state.data}`, this.prepared.digest);
    const head = [...tensors].filter(([name]) => isHead(name));
    this.model.parameters.write(new Map([...encoder, ...head]));
    this.optimizer.write(tensors, state.step);
    this.step = state.step;
    this.config = { ...state.config };
    this.best = state.best;
    this.measured = metricsOf(state.readings);
    this.log.moveTo(state);
    this.rejoin(state.joined);
    this.next.moveTo(state.cursor);
  }

  /**
   * Begins from another run's weights. One that only carries that run on has all of its state, with the knobs of this
   * one; any other has the weights, and the moments of the parameters that both of them train, at the same step.
   */
  branch({ from, carriesOn }: Branch): void {
    const { parameters, trained } = this.model;
    if (from.state.step >= this.totalSteps) {
      throw new UsageFailure(
        `The branch begins after step ${from.state.step}, but its run would have ${this.totalSteps} steps in all; raise "steps" above ${from.state.step}.`,
      );
    }
    if (carriesOn) {
      this.restore(from);
      this.config = { ...this.inputs.config };
    } else {
      const weights = [...from.encoder, ...from.tensors].filter(([name]) => parameters.has(name));
      parameters.write(new Map(weights));
      this.optimizer.write(momentsOf(trained, parameters, from.tensors), from.state.step);
      this.step = from.state.step;
    }
    this.origin = new Map([...this.origin, ...from.encoder, ...from.tensors]);
  }

  /** All that coming back to this step needs, as long as this session lives or another is begun just like it. */
  async snapshot(): Promise<Snapshot> {
    await this.log.read();
    const moments = this.optimizer.read();
    const now = new Map([...(await this.model.parameters.read(this.model.trained)), ...(await moments)]);
    assertDeviceSound();
    return makeSnapshot(this.step, this.cursor(), now, this.origin);
  }

  private cursor(): RunCursor {
    const { config, joined, log, next } = this;
    return { config, cursor: next.cursor, joined, spent: log.spent, lastLoss: log.lastLoss };
  }

  /** Goes back, or forward, to a snapshot. What has been measured is kept: it would be the same again. */
  goTo(snapshot: Snapshot): void {
    const { config, cursor, joined, ...logged } = structuredClone(snapshot.standing);
    const { parameters, trained } = this.model;
    const shapes = new Map<string, number[]>();
    for (const name of trained)
      for (const key of [name, `m.${name}`, `v.${name}`]) shapes.set(key, parameters.get(name).shape);
    const tensors = tensorsOf(snapshot, this.origin, shapes);
    parameters.write(new Map(trained.map((name) => [name, tensors.get(name)!])));
    this.optimizer.write(tensors, snapshot.step);
    this.step = snapshot.step;
    this.config = config;
    this.log.moveTo(logged);
    this.best = bestSts(metricsUpTo(this.measured, this.step));
    this.rejoin(joined);
    this.next.moveTo(cursor);
  }

  /** Makes a step again that has been made before, with what was changed before it: nothing is said or measured. */
  async repeat(edits: readonly KnobEdit[], groups: readonly Group[]): Promise<void> {
    this.config = withEdits(this.config, edits);
    if (groups.length > 0) this.add(groups);
    await this.update(true);
  }

  /** The run takes another way from here: what it measured after this step holds no more. */
  forgetLater(): void {
    cutMetrics(this.measured, this.step);
  }

  dispose(): void {
    this.log.drop();
    this.optimizer.dispose();
    this.model.parameters.dispose();
    usePrecision('f32');
  }
}
