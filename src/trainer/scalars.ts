// Loss and gradient norm of steps: reads them back from the device together, and checks that they are finite.
import * as tf from '@tensorflow/tfjs-core';
import { readBack } from '../kernels/readBack.ts';
import { saturatedEntries, takeSaturation } from '../kernels/saturation.ts';
import type { Config } from '../run/config.ts';
import { Failure } from '../util/failure.ts';
import type { StepGradient } from './step.ts';

export interface Scalars {
  loss: number;
  infonce: number;
  ht: number | null;
  gradNorm: number;
}

/** The numbers of a step that are read back. */
export interface StepNumbers extends Scalars {
  /** Operand entries that products in F16 saturated since the last logged step. */
  saturated: number;
}

/**
 * The numbers of a step in one tensor, still on the device: loss, InfoNCE, HT (a placeholder if there is none), gradient
 * norm, and the saturated entries if products are in F16.
 */
export interface StackedScalars {
  numbers: tf.Tensor1D;
  hasHt: boolean;
}

export function stackScalars({ loss, infonce, ht }: StepGradient, norm: tf.Scalar): StackedScalars {
  const saturated = takeSaturation();
  const numbers = tf.tidy(() => {
    const all = tf.stack([loss, infonce, ht ?? loss, norm]) as tf.Tensor1D;
    return saturated ? tf.concat1d([all, saturated]) : all;
  });
  saturated?.dispose();
  return { numbers, hasHt: ht !== undefined };
}

/** Reads the numbers of several steps in one read-back, and disposes of their tensors. */
export async function readTogether(steps: readonly StackedScalars[]): Promise<StepNumbers[]> {
  const tensors = steps.map(({ numbers }) => numbers);
  const joined = tensors.length === 1 ? tensors[0]! : tf.concat1d(tensors);
  try {
    const data = await readBack(joined);
    let at = 0;
    return steps.map(({ hasHt, numbers }) => {
      const [loss, infonce, ht, gradNorm, saturated] = data.slice(at, (at += numbers.size));
      return {
        ...{ loss: loss!, infonce: infonce!, ht: hasHt ? ht! : null, gradNorm: gradNorm! },
        saturated: saturated === undefined ? 0 : saturatedEntries(saturated),
      };
    });
  } finally {
    tf.dispose([...tensors, joined]);
  }
}

export function areFinite({ loss, gradNorm }: Scalars): boolean {
  return Number.isFinite(loss) && Number.isFinite(gradNorm);
}

/** The error for a loss or gradient norm that is not finite: names the step, the batch and the likely reason. */
export function notFinite(scalars: Scalars, step: number, config: Config, ids: readonly string[]): Failure {
  const what = Number.isFinite(scalars.loss)
    ? `the gradient norm is ${scalars.gradNorm}`
    : `the loss is ${scalars.loss}`;
  const { learningRate, temperature, logEvery } = config;
  const when = logEvery > 1 ? `step ${step} (or up to ${logEvery - 1} steps before)` : `step ${step}`;
  return new Failure(
    `Training stopped at ${when}: ${what}. Batch: ${ids.slice(0, 8).join(', ')}${ids.length > 8 ? ` and ${ids.length - 8} more` : ''}. ` +
      `Most likely the learning rate (${learningRate}) is too high or the temperature (${temperature}) too low; the last checkpoint is kept.`,
  );
}
