// The mean over the real tokens of every sentence: mean pooling of the token states.
//
// Kernel "SemblanceMeanTokens" {states [rows, length, d], lengths int32 [rows]} -> [rows, d]
// Kernel "SemblanceMeanTokensGradient" {dy [rows, d], lengths int32 [rows]} {length} -> [rows, length, d]
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelToken, runKernel } from '../kernelToken.ts';
import { differentiable } from '../differentiable.ts';

export const MEAN_TOKENS = kernelToken('SemblanceMeanTokens', {
  inputs: ['states', 'lengths'],
  outputs: ['mean'],
});
export const MEAN_TOKENS_GRADIENT = kernelToken('SemblanceMeanTokensGradient', {
  inputs: ['dy', 'lengths'],
  attributes: {} as { length: number },
  outputs: ['dStates'],
});

/**
 * Mean pooling.
 * @param states [rows, length, d], padding included
 * @param lengths real tokens per row
 * @returns [rows, d]
 */
export function meanTokens(states: tf.Tensor3D, lengths: Int32Array): tf.Tensor2D {
  if (!hasKernel(MEAN_TOKENS)) return composedMeanTokens(states, lengths);
  return differentiable({
    inputs: { states },
    forward: () => {
      const saved = { lengths: tf.tensor1d(lengths, 'int32') };
      const { mean } = runKernel(MEAN_TOKENS, { states, ...saved });
      return { value: mean as tf.Tensor2D, saved };
    },
    backward: (dy, saved) => ({
      states: () => runKernel(MEAN_TOKENS_GRADIENT, { dy, ...saved }, { length: states.shape[1] }).dStates,
    }),
  });
}

export function composedMeanTokens(states: tf.Tensor3D, lengths: Int32Array): tf.Tensor2D {
  const [rows, length] = states.shape;
  return tf.tidy(() => {
    const weights = new Float32Array(rows * length);
    for (let r = 0; r < rows; r++) weights.fill(1 / lengths[r]!, r * length, r * length + lengths[r]!);
    return tf.sum<tf.Tensor2D>(tf.mul(states, tf.tensor3d(weights, [rows, length, 1])), 1);
  });
}
