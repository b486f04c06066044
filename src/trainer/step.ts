// The gradient of one training step: from token rows to losses and gradients.
import * as tf from '@tensorflow/tfjs-core';
import type { EncoderConfig } from '../encoder/config.ts';
import { encode } from '../encoder/encoder.ts';
import type { DropoutRates } from '../encoder/pass.ts';
import { applyHead } from '../encoder/head.ts';
import type { ParameterName, Parameters } from '../encoder/parameters.ts';
import { pool, poolingPlaces, type Pooling } from '../encoder/pooling.ts';
import { withHook, type TensorHook } from '../kernels/tensorHook.ts';
import type { Objective, ObjectiveValue } from '../losses/objective.ts';
import { padRows } from '../tokenizer/pad.ts';
import type { Key } from '../util/random.ts';
import type { Gradients } from './adamw.ts';
import type { StepRows } from './views.ts';

export interface StepModel {
  /** The parameters of the encoder, and of the head if there is one. */
  parameters: Parameters;
  config: EncoderConfig;
  /** Is there a head between the pooled vector and the loss? */
  head: boolean;
  /** The trained parameters. */
  trained: readonly ParameterName[];
  pooling: Pooling;
}

export interface StepOptions {
  objective: Objective;
  dropout: DropoutRates;
  /** Determines the dropout masks of this pass. */
  key: Key;
  /** Receives the intermediate tensors of encoder and losses, "pooled", and "vectors" with their gradient. */
  watch?: TensorHook | undefined;
}

/** Losses and gradients, on the device; the caller must dispose of them with disposeGradient(). */
export interface StepGradient {
  loss: tf.Scalar;
  infonce: tf.Scalar;
  ht: tf.Scalar | undefined;
  gradients: Gradients;
}

export function disposeGradient({ loss, infonce, ht, gradients }: StepGradient): void {
  tf.dispose([loss, infonce]);
  ht?.dispose();
  for (const gradient of gradients.values()) gradient.dispose();
}

/** The input of the loss: pooled embeddings of a step's rows, after the head if there is one, [rows, hidden]. */
export function trainingEmbeddings(
  model: StepModel,
  step: StepRows,
  { dropout, key, watch }: Pick<StepOptions, 'dropout' | 'key' | 'watch'>,
): tf.Tensor2D {
  const batch = padRows(step.rows, model.config.padId);
  const states = encode(model.parameters, model.config, batch, {
    dropout,
    key,
    onlyTokens: true,
    places: poolingPlaces(batch, model.pooling),
    ...(watch && { tap: watch }),
  });
  const pooled = pool(states, batch, model.pooling);
  watch?.('pooled', pooled);
  return model.head ? applyHead(model.parameters, pooled) : pooled;
}

/** Forward pass and objective. */
export function stepObjective(model: StepModel, step: StepRows, options: StepOptions): ObjectiveValue {
  const vectors = withHook(trainingEmbeddings(model, step, options), 'vectors', options.watch);
  return options.objective(vectors, step, options.watch);
}

/** Forward pass, objective and backward pass. */
export function stepGradient(model: StepModel, step: StepRows, options: StepOptions): StepGradient {
  const variables = model.trained.map((name) => model.parameters.get(name));
  const parts: { infonce?: tf.Scalar; ht?: tf.Scalar | undefined } = {};
  const { value, grads } = tf.variableGrads(() => {
    const { loss, infonce, ht } = stepObjective(model, step, options);
    parts.infonce = tf.keep(tf.clone(infonce));
    parts.ht = ht && tf.keep(tf.clone(ht));
    return loss;
  }, variables);
  const gradients: Gradients = new Map();
  model.trained.forEach((name, i) => gradients.set(name, grads[variables[i]!.name]!));
  return { loss: value, infonce: parts.infonce!, ht: parts.ht, gradients };
}

/** Mean over several batches (gradient accumulation); at most two sets of gradients are in memory at a time. */
export function averagedGradient(batches: readonly (() => StepGradient)[]): StepGradient {
  if (batches.length === 1) return batches[0]!();
  let total: StepGradient | undefined;
  let withHt = 0;
  for (const batch of batches) {
    const next = batch();
    if (next.ht) withHt++;
    total = total ? added(total, next) : next;
  }
  const scale = 1 / batches.length;
  return replaced(
    total!,
    (x) => tf.mul(x, scale),
    (ht) => tf.div(ht, withHt),
  );
}

/** Element-wise sum; disposes of both operands. */
function added(a: StepGradient, b: StepGradient): StepGradient {
  const sum = {
    loss: tf.add<tf.Scalar>(a.loss, b.loss),
    infonce: tf.add<tf.Scalar>(a.infonce, b.infonce),
    ht: a.ht && b.ht ? tf.add<tf.Scalar>(a.ht, b.ht) : copyOf(a.ht ?? b.ht),
    gradients: new Map(
      [...a.gradients].map(([name, gradient]) => [name, tf.add(gradient, b.gradients.get(name)!)]),
    ),
  };
  disposeGradient(a);
  disposeGradient(b);
  return sum;
}

function copyOf(x: tf.Scalar | undefined): tf.Scalar | undefined {
  return x && tf.clone(x);
}

/** Applies a function to every tensor, another one to HT; disposes of the operand. */
function replaced(
  gradient: StepGradient,
  change: (x: tf.Tensor) => tf.Tensor,
  changeHt: (x: tf.Tensor) => tf.Tensor,
): StepGradient {
  const changed = {
    loss: change(gradient.loss) as tf.Scalar,
    infonce: change(gradient.infonce) as tf.Scalar,
    ht: gradient.ht && (changeHt(gradient.ht) as tf.Scalar),
    gradients: new Map([...gradient.gradients].map(([name, x]) => [name, change(x)])),
  };
  disposeGradient(gradient);
  return changed;
}
