// The numbers of a step on the host: read back together, and looked at before they touch the weights.
import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../run/config.ts';
import { Failure } from '../util/failure.ts';
import type { StepGradient } from './step.ts';

export interface Scalars {
  loss: number;
  infonce: number;
  ht: number | null;
  gradNorm: number;
}

/** One read-back for all of a step's numbers. */
export async function readScalars({ loss, infonce, ht }: StepGradient, norm: tf.Scalar): Promise<Scalars> {
  const stacked = tf.tidy(() => tf.stack([loss, infonce, ht ?? tf.scalar(0), norm]));
  const [total, contrastive, hierarchical, gradNorm] = await stacked.data();
  stacked.dispose();
  return { loss: total!, infonce: contrastive!, ht: ht ? hierarchical! : null, gradNorm: gradNorm! };
}

/** @throws Failure naming step, batch and likely reason when loss or gradient norm is not finite. */
export function refuseNonFinite(
  scalars: Scalars,
  step: number,
  config: Config,
  batchIds: () => string[],
): void {
  if (Number.isFinite(scalars.loss) && Number.isFinite(scalars.gradNorm)) return;
  const ids = batchIds();
  const what = Number.isFinite(scalars.loss)
    ? `the gradient norm is ${scalars.gradNorm}`
    : `the loss is ${scalars.loss}`;
  const { learningRate, temperature, logEvery } = config;
  const when = logEvery > 1 ? `step ${step} (or up to ${logEvery - 1} steps before)` : `step ${step}`;
  throw new Failure(
    `Training stopped at ${when}: ${what}. Batch: ${ids.slice(0, 8).join(', ')}${ids.length > 8 ? ` and ${ids.length - 8} more` : ''}. ` +
      `Most likely the learning rate (${learningRate}) is too high or the temperature (${temperature}) too low; the last checkpoint is kept.`,
  );
}
