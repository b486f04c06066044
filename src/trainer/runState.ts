// The state of a run between two steps: weights, moments, position in the data, configuration and readings. It can be
// saved (checkpoint, snapshot) and loaded (restore, branch, goTo).
import type { Group } from '../data/group.ts';
import { modelFiles } from '../encoder/modelFiles.ts';
import { initialHead, isHead } from '../encoder/head.ts';
import { isEmbedding, Parameters } from '../encoder/parameters.ts';
import type { NamedTensor, TensorMap } from '../encoder/safetensors.ts';
import { assertDeviceSound } from '../kernels/deviceHealth.ts';
import { appendMetric, cutMetrics, emptyMetrics, metricsUpTo } from '../record/series.ts';
import { bestSts, summarize, type RunSummary } from '../record/summary.ts';
import type { Config } from '../run/config.ts';
import type { MetricEvent } from '../run/events.ts';
import { settingName } from '../run/settings.ts';
import { Failure, UsageFailure } from '../util/failure.ts';
import type { Random } from '../util/random.ts';
import { AdamW } from './adamw.ts';
import {
  metricsOf,
  momentsOf,
  readingsOf,
  stateFiles,
  type Branch,
  type Checkpoint,
  type CheckpointState,
} from './checkpoint.ts';
import { identityOf } from './header.ts';
import type { Files } from './host.ts';
import { NextBatches } from './nextBatches.ts';
import { userExamples, prepare, type AddedGroups, type Prepared, type RunInputs } from './prepare.ts';
import {
  makeSnapshot,
  restoreTensors,
  initialSnapshot,
  type TrainerState,
  type Snapshot,
} from './snapshot.ts';
import type { StepModel } from './step.ts';
import { StepLog } from './stepLog.ts';

export class RunState {
  /** Number of updates made. */
  step = 0;
  config: Config;
  /** The best STS so far, of a trained model: step 0 does not count. */
  best: { step: number; sts: number } | null = null;
  readonly prepared: Prepared;
  readonly model: StepModel;
  readonly optimizer: AdamW;
  readonly batches: NextBatches;
  readonly log: StepLog;
  /** The state before any step. */
  readonly initial: Snapshot;

  /** Groups added during training, and the first epoch that includes them. */
  private joined: TrainerState['joined'] = [];
  private measured = emptyMetrics();
  /** Parameters and moments that snapshots are stored relative to; moments that are missing here are zero. */
  private origin: TensorMap;
  private readonly initialExamples: number;

  /**
   * @param readbackInterval steps within this many milliseconds are read back together
   * @throws Failure or UsageFailure when the inputs do not fit together; nothing stays allocated in that case
   */
  constructor(
    private readonly inputs: RunInputs,
    random: Random,
    readbackInterval: number,
  ) {
    this.log = new StepLog(readbackInterval);
    this.config = { ...inputs.config };
    this.prepared = prepare(inputs, random);
    this.initialExamples = this.prepared.examples.length;
    this.batches = new NextBatches(this.prepared, this.config.accumulate);
    const { config, tensors } = inputs.model;
    const head = this.config.head && this.config.pooling !== 'mean';
    this.origin = new Map([...tensors, ...(head ? initialHead(config.hidden, this.config.seed) : [])]);
    const parameters = new Parameters(this.origin);
    const trained = parameters.names().filter((name) => !(this.config.freezeEmbeddings && isEmbedding(name)));
    this.model = { parameters, config, head, trained, pooling: this.config.pooling };
    this.optimizer = new AdamW(parameters, trained);
    this.initial = initialSnapshot(this.trainerState(), trained);
  }

  get totalSteps(): number {
    return this.prepared.totalSteps;
  }

  /** Adds the user's groups to the next batch, and to all later epochs. */
  addGroups(groups: readonly Group[], epoch = this.batches.cursor.epoch + 1): AddedGroups {
    const { examples, plan, views, roles } = this.prepared;
    const own = userExamples(groups, roles, this.inputs.setting.pattern);
    for (const example of own.examples) {
      this.batches.addExample(examples.length);
      plan.since[examples.length] = epoch;
      plan.generated.push(example.generated);
      examples.push(views.tokenise(example));
    }
    this.joined.push(...own.accepted.map((group) => ({ group, epoch })));
    return own;
  }

  /** Removes all groups that were added, and adds these instead. */
  private replaceAddedGroups(joined: TrainerState['joined']): void {
    const { examples, plan } = this.prepared;
    for (const list of [examples, plan.generated, plan.since])
      list.length = Math.min(list.length, this.initialExamples);
    this.joined = [];
    for (const { group, epoch } of joined) this.addGroups([group], epoch);
  }

  addMetrics(events: readonly MetricEvent[]): void {
    for (const event of events) appendMetric(this.measured, event);
  }

  /** Stores the STS score of this step if it is the best so far. Returns whether it is. */
  updateBest(value: number): boolean {
    if (this.step === 0 || (this.best && this.best.sts >= value)) return false;
    this.best = { step: this.step, sts: value };
    return true;
  }

  /** Discards the readings after this step, because the run continues differently from here. */
  discardLaterReadings(): void {
    cutMetrics(this.measured, this.step);
  }

  summary(): RunSummary {
    return summarize(this.measured, this.step, this.log.lastLoss);
  }

  /** The current model in Hugging Face layout. */
  async modelFiles(): Promise<Files> {
    return this.layout(await this.model.parameters.read());
  }

  private layout(parameters: TensorMap): Files {
    const encoder = new Map([...parameters].filter(([name]) => !isHead(name)));
    return modelFiles(this.inputs.model, encoder, this.config.pooling);
  }

  /**
   * The files of a checkpoint: the model, and everything else that resuming needs.
   * @throws Failure when a number is not finite or the device is lost, so that no good checkpoint is replaced
   */
  async checkpointFiles(): Promise<Files> {
    const { state, tensors, encoder } = await this.checkpoint();
    return new Map([...this.layout(encoder), ...stateFiles(state, tensors)]);
  }

  /** A checkpoint in memory. @throws Failure as checkpointFiles() */
  async checkpoint(): Promise<Checkpoint> {
    await this.log.read();
    const parameters = await this.model.parameters.read();
    const tensors: TensorMap = new Map([...parameters].filter(([name]) => isHead(name)));
    for (const [name, tensor] of await this.optimizer.read()) tensors.set(name, tensor);
    assertDeviceSound();
    this.assertFinite([...parameters, ...tensors]);
    const encoder = new Map([...parameters].filter(([name]) => !isHead(name)));
    return { state: this.checkpointState(), tensors, encoder };
  }

  private assertFinite(tensors: Iterable<[string, NamedTensor]>): void {
    for (const [name, { data }] of tensors) {
      if (data.every(Number.isFinite)) continue;
      throw new Failure(
        `After step ${this.step} "${name}" is not finite; the last checkpoint is kept as it is.`,
      );
    }
  }

  private checkpointState(): CheckpointState {
    return {
      step: this.step,
      setting: settingName(this.inputs.setting),
      config: this.config,
      totalSteps: this.totalSteps,
      cursor: this.batches.cursor,
      model: identityOf(this.model.config),
      data: this.prepared.digest,
      joined: [...this.joined],
      best: this.best,
      readings: readingsOf(metricsUpTo(this.measured, this.step)),
      lastLoss: this.log.lastLoss,
      spent: { ...this.log.spent },
    };
  }

  /** Continues from a checkpoint. @throws Failure when it belongs to another model, setting or data set */
  restore({ state, tensors, encoder }: Checkpoint): void {
    const mismatch = (what: string, theirs: string, ours: string): never => {
      throw new Failure(`The checkpoint belongs to another ${what}: it has ${theirs}, this run has ${ours}.`);
    };
    const model = identityOf(this.model.config);
    if (state.model !== model) mismatch('model', state.model, model);
    const setting = settingName(this.inputs.setting);
    if (state.setting !== setting) mismatch('setting', state.setting, setting);
    if (state.data !== this.prepared.digest)
      mismatch('data set', `training data ${state.data}`, this.prepared.digest);
    const head = [...tensors].filter(([name]) => isHead(name));
    this.model.parameters.write(new Map([...encoder, ...head]));
    this.optimizer.write(tensors, state.step);
    this.step = state.step;
    this.config = { ...state.config };
    // Earlier versions counted step 0.
    this.best = state.best?.step === 0 ? null : state.best;
    this.measured = metricsOf(state.readings);
    this.log.reset(state);
    this.replaceAddedGroups(state.joined);
    this.batches.moveTo(state.cursor);
  }

  /**
   * Starts from another run's weights, at its step. A branch that continues that run takes over its whole state, but
   * with this run's knobs. Any other branch takes only the weights, and the moments of parameters that both runs train.
   */
  branch({ from, continuesRun }: Branch): void {
    const { parameters, trained } = this.model;
    if (from.state.step >= this.totalSteps) {
      throw new UsageFailure(
        `The branch begins after step ${from.state.step}, but its run would have ${this.totalSteps} steps in all; raise "steps" above ${from.state.step}.`,
      );
    }
    if (continuesRun) {
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

  /** A snapshot of the current state, to return to it in this session or in another one with the same inputs. */
  async snapshot(): Promise<Snapshot> {
    await this.log.read();
    const moments = this.optimizer.read();
    const now = new Map([...(await this.model.parameters.read(this.model.trained)), ...(await moments)]);
    assertDeviceSound();
    return makeSnapshot(this.step, this.trainerState(), now, this.origin);
  }

  private trainerState(): TrainerState {
    const { config, joined, log, batches } = this;
    return { config, batches: batches.cursor, joined, spent: log.spent, lastLoss: log.lastLoss };
  }

  /** Goes back or forward to a snapshot. Readings are kept, because measuring again would give the same values. */
  goTo(snapshot: Snapshot): void {
    const { config, batches, joined, ...logged } = structuredClone(snapshot.state);
    const { parameters, trained } = this.model;
    const shapes = new Map<string, number[]>();
    for (const name of trained)
      for (const key of [name, `m.${name}`, `v.${name}`]) shapes.set(key, parameters.get(name).shape);
    const tensors = restoreTensors(snapshot, this.origin, shapes);
    parameters.write(new Map(trained.map((name) => [name, tensors.get(name)!])));
    this.optimizer.write(tensors, snapshot.step);
    this.step = snapshot.step;
    this.config = config;
    this.log.reset(logged);
    this.best = bestSts(metricsUpTo(this.measured, this.step));
    this.replaceAddedGroups(joined);
    this.batches.moveTo(batches);
  }

  dispose(): void {
    this.log.discard();
    this.optimizer.dispose();
    this.model.parameters.dispose();
  }
}
