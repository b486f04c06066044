// Traces one training step: runs the same computation as a step and records the intermediate tensors. The update is
// applied to copies of weights and moments, so the training is not changed.
import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../run/config.ts';
import type { StepTrace, Table, TraceRow, TraceUpdate } from '../run/trace.ts';
import { isEmbedding, Parameters, type ParameterName } from '../encoder/parameters.ts';
import type { TensorMap } from '../encoder/safetensors.ts';
import { assertDeviceSound } from '../kernels/deviceHealth.ts';
import { marginOf } from '../losses/hierarchicalTriplet.ts';
import { Failure } from '../util/failure.ts';
import { AdamW, disposeClipped, type ClippedGradients, type Gradients } from './adamw.ts';
import {
  averagedGradient,
  disposeGradient,
  stepGradient,
  stepObjective,
  type StepGradient,
  type StepModel,
  type StepOptions,
} from './step.ts';
import { rowPlaces } from './traceRows.ts';
import type { StepRows } from './views.ts';

export interface TracedStep {
  /** The number that the step would have. */
  number: number;
  model: StepModel;
  optimizer: AdamW;
  config: Config;
  /** Is the hierarchical triplet loss on? */
  hierarchical: boolean;
  /** Learning rate of the step, after warm-up and schedule. */
  learningRate: number;
  /** The accumulated batches. The trace shows the first; the update is that of all of them. */
  batches: readonly { rows: StepRows; options: StepOptions }[];
  /** The rows of the first batch. */
  rows: TraceRow[];
}

/** @throws Failure when numbers of the step are not finite */
export async function traceStep(step: TracedStep): Promise<StepTrace> {
  const [recorded, afterUpdate] = [new RecordedTensors(), new RecordedTensors()];
  let gradient: StepGradient | undefined;
  let clipped: ClippedGradients | undefined;
  try {
    gradient = averagedGradient(
      step.batches.map(({ rows, options }, part) => () => {
        return stepGradient(step.model, rows, part === 0 ? { ...options, watch: recorded.record } : options);
      }),
    );
    clipped = step.optimizer.clip(gradient.gradients, step.config.maxGradNorm);
    const [gradNorm, clipFactor] = [await numberIn(clipped.norm), await numberIn(clipped.factor)];
    const before = await objectiveTables(step, recorded);
    assertFinite(step, before.loss, gradNorm);
    const update = await tracedUpdate(step, gradient.gradients, clipped, afterUpdate);
    const after = await objectiveTables(step, afterUpdate);
    assertFinite(step, after.loss, gradNorm);
    assertDeviceSound();
    return {
      ...(await encoderTables(step, recorded)),
      step: step.number,
      knobs: knobsOf(step),
      rows: step.rows,
      ...before,
      vectorGradients: await recorded.table('vectors.gradient'),
      gradNorm,
      clipFactor,
      update,
      after: {
        vectors: after.vectors,
        cosines: after.infonce.cosines,
        levels: after.ht?.cosines ?? null,
        loss: after.loss,
      },
    };
  } finally {
    recorded.dispose();
    afterUpdate.dispose();
    if (gradient) disposeGradient(gradient);
    if (clipped) disposeClipped(clipped);
  }
}

/** Intermediate tensors of a pass, by name, kept until dispose(). */
class RecordedTensors {
  private readonly tensors = new Map<string, tf.Tensor>();

  readonly record = (name: string, value: tf.Tensor): void => {
    this.tensors.get(name)?.dispose();
    this.tensors.set(name, tf.keep(tf.clone(value)));
  };

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  async table(name: string, shape?: number[]): Promise<Table> {
    const tensor = this.tensors.get(name)!;
    const data = Float32Array.from(await tensor.data());
    return { shape: shape ?? tensor.shape.slice(), data };
  }

  async number(name: string): Promise<number> {
    return numberIn(this.tensors.get(name)!);
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
    this.tensors.clear();
  }
}

async function numberIn(scalar: tf.Tensor): Promise<number> {
  return (await scalar.data())[0]!;
}

function assertFinite({ number, config }: TracedStep, loss: number, gradNorm: number): void {
  if (Number.isFinite(loss) && Number.isFinite(gradNorm)) return;
  const { learningRate, temperature } = config;
  throw new Failure(
    `Step ${number} cannot be taken apart: its loss or its gradient is not finite. Most likely the learning rate (${learningRate}) is too high or the temperature (${temperature}) too low.`,
  );
}

function knobsOf({ config, model, learningRate, hierarchical, batches }: TracedStep): StepTrace['knobs'] {
  return {
    temperature: config.temperature,
    beta: config.beta,
    margins: [...config.margins],
    hierarchical,
    pooling: model.pooling,
    head: model.head,
    dropout: config.dropout,
    maxGradNorm: config.maxGradNorm,
    learningRate,
    optimizer: config.optimizer,
    adamBeta1: config.adamBeta1,
    adamBeta2: config.adamBeta2,
    adamEpsilon: config.adamEpsilon,
    weightDecay: config.weightDecay,
    accumulate: batches.length,
  };
}

/** The tables from the first layer's input to the pooled vectors. */
async function encoderTables({ model, batches }: TracedStep, recorded: RecordedTensors) {
  const { layers: count, heads, hidden } = model.config;
  const rows = batches[0]!.rows.rows;
  const length = Math.max(...rows.map((ids) => ids.length));
  const states = (layer: number) => recorded.table(`hidden.${layer}`, [rows.length, length, hidden]);
  const layers: StepTrace['layers'] = [];
  for (let layer = 0; layer < count; layer++) {
    const attention = await recorded.table(`layer.${layer}.attention`);
    layers.push({ attention, output: await states(layer + 1) });
  }
  return {
    model: { layers: count, heads, hidden },
    length,
    embedded: await states(0),
    layers,
    pooled: await recorded.table('pooled'),
  };
}

/** The tables from the vectors to the loss, with the gradient of the cosines if it was computed (otherwise zeros). */
async function objectiveTables({ batches, config, hierarchical }: TracedStep, recorded: RecordedTensors) {
  const { anchors, columns, groups } = rowPlaces(batches[0]!.rows, hierarchical);
  const cosines = await recorded.table('infonce.cosines');
  const infonce: StepTrace['infonce'] = {
    anchors,
    columns,
    cosines,
    probabilities: await recorded.table('infonce.probabilities'),
    losses: await recorded.table('infonce.losses'),
    gradient: recorded.has('infonce.cosines.gradient')
      ? await recorded.table('infonce.cosines.gradient')
      : { shape: cosines.shape, data: new Float32Array(cosines.data.length) },
    value: await recorded.number('infonce'),
  };
  const loss = await recorded.number('loss');
  const vectors = await recorded.table('vectors');
  if (!recorded.has('ht.cosines')) return { vectors, infonce, ht: null, loss };
  const hinges = await recorded.table('ht.hinges');
  const ht: NonNullable<StepTrace['ht']> = {
    groups,
    cosines: await recorded.table('ht.cosines'),
    margins: Array.from({ length: hinges.shape[1]! }, (_, p) => marginOf(config.margins, p)),
    hinges,
    value: await recorded.number('ht'),
  };
  return { vectors, infonce, ht, loss };
}

/** Applies the clipped update to copies of weights and moments, and runs the first batch again with them. */
async function tracedUpdate(
  { model, optimizer, config, learningRate, batches }: TracedStep,
  gradients: Gradients,
  clipped: ClippedGradients,
  recorded: RecordedTensors,
): Promise<TraceUpdate> {
  const parameters = new Parameters(await model.parameters.read());
  const copy = new AdamW(parameters, model.trained);
  try {
    const moments = await optimizer.read();
    copy.write(moments, optimizer.step);
    const gradientValues = await readAll(gradients);
    copy.apply(clipped, learningRate, config);
    const { rows, options } = batches[0]!;
    tf.tidy(() => {
      stepObjective({ ...model, parameters }, rows, { ...options, watch: recorded.record });
    });
    const values = {
      before: await model.parameters.read(),
      after: await parameters.read(),
      momentsBefore: await optimizer.read(),
      momentsAfter: await copy.read(),
    };
    return {
      parameters: model.trained.map((name) => {
        const [before, after] = [values.before.get(name)!.data, values.after.get(name)!.data];
        return {
          name,
          size: before.length,
          gradNorm: l2Distance(gradientValues.get(name)!),
          updateNorm: l2Distance(before, after),
          valueNorm: l2Distance(before),
        };
      }),
      example: largestGradientExample(model.trained, gradientValues, await numberIn(clipped.factor), values),
    };
  } finally {
    copy.dispose();
    parameters.dispose();
  }
}

async function readAll(gradients: Gradients): Promise<Map<ParameterName, Float32Array>> {
  const read = new Map<ParameterName, Float32Array>();
  for (const [name, gradient] of gradients) read.set(name, Float32Array.from(await gradient.data()));
  return read;
}

/** L2 norm of a vector, or L2 distance between two vectors. */
function l2Distance(from: Float32Array, to?: Float32Array): number {
  let squares = 0;
  from.forEach((value, i) => (squares += (to ? to[i]! - value : value) ** 2));
  return Math.sqrt(squares);
}

interface UpdateValues {
  before: TensorMap;
  after: TensorMap;
  momentsBefore: TensorMap;
  momentsAfter: TensorMap;
}

/** The weight with the largest gradient among the trained layer matrices (among all trained parameters if none). */
function largestGradientExample(
  trained: readonly ParameterName[],
  gradientValues: ReadonlyMap<ParameterName, Float32Array>,
  factor: number,
  { before, after, momentsBefore, momentsAfter }: UpdateValues,
): TraceUpdate['example'] {
  const matrices = trained.filter((name) => before.get(name)!.shape.length === 2 && !isEmbedding(name));
  let found = { name: trained[0]!, index: 0, gradient: 0 };
  for (const name of matrices.length > 0 ? matrices : trained) {
    gradientValues.get(name)!.forEach((gradient, index) => {
      if (Math.abs(gradient) > Math.abs(found.gradient)) found = { name, index, gradient };
    });
  }
  const { name, index, gradient } = found;
  const at = (tensors: TensorMap, key: string) => tensors.get(key)!.data[index]!;
  return {
    name,
    index,
    gradient,
    clipped: Math.fround(gradient * factor),
    mBefore: at(momentsBefore, `m.${name}`),
    mAfter: at(momentsAfter, `m.${name}`),
    vBefore: at(momentsBefore, `v.${name}`),
    vAfter: at(momentsAfter, `v.${name}`),
    before: at(before, name),
    after: at(after, name),
  };
}
