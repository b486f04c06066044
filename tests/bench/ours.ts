// Our contestant: the core's own step, as a training session makes it.
import * as tf from '@tensorflow/tfjs-core';
import { Parameters } from '../../src/encoder/parameters.ts';
import { dropoutEverywhere } from '../../src/encoder/pass.ts';
import { leavesOutRows } from '../../src/kernels/linear/linear.ts';
import { AdamW, disposeClipped } from '../../src/trainer/adamw.ts';
import { objectiveWith } from '../../src/losses/objective.ts';
import { disposeGradient, stepGradient, type StepModel } from '../../src/trainer/step.ts';
import { forkKey, seedKey } from '../../src/util/random.ts';
import { ADAM, TEMPERATURE, type Stepper, type Work } from './work.ts';

const KNOBS = {
  optimizer: 'adamw-torch',
  adamBeta1: ADAM.beta1,
  adamBeta2: ADAM.beta2,
  adamEpsilon: ADAM.epsilon,
  weightDecay: 0,
} as const;

export function ours(work: Work): Stepper {
  const { config, trained, pairs } = work;
  const parameters = new Parameters(work.tensors);
  const optimizer = new AdamW(parameters, trained);
  const model: StepModel = { parameters, config, head: false, trained, pooling: 'cls' };
  const options = {
    objective: objectiveWith({ temperature: TEMPERATURE, beta: 1, margins: [], hierarchical: false }),
    dropout: dropoutEverywhere(work.dropout),
  };

  function train(step: number): tf.Scalar {
    const rows = work.batches[step % work.batches.length]!;
    const gradient = stepGradient(
      model,
      { rows, plain: pairs, plainSentences: 2, generated: 0, generatedSentences: 0 },
      { ...options, key: forkKey(seedKey(1), step) },
    );
    const clipped = optimizer.clip(gradient.gradients, 0);
    optimizer.apply(clipped, ADAM.learningRate, KNOBS);
    const loss = tf.clone(gradient.loss);
    disposeClipped(clipped);
    disposeGradient(gradient);
    return loss;
  }

  return {
    name: 'ours',
    readsFirst: leavesOutRows(),
    run: (first, count) => trainSteps(train, first, count),
    dispose() {
      optimizer.dispose();
      parameters.dispose();
    },
  };
}

/** Runs steps of a contestant on tfjs; reading the last loss waits for all that was queued before it. */
export async function trainSteps(
  train: (step: number) => tf.Tensor,
  first: number,
  count: number,
): Promise<number> {
  for (let step = first; step < first + count - 1; step++) train(step).dispose();
  const loss = train(first + count - 1);
  const [value] = await loss.data();
  loss.dispose();
  return value!;
}
