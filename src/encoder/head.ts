// The training head: one linear layer without activation between the pooled vector and the loss.
// Weight and bias are initialised from normal(0, 6e-3) (custom_param_init of the authors' code). Evaluation does not
// use the head.
import type * as tf from '@tensorflow/tfjs-core';
import { linear } from '../kernels/linear/linear.ts';
import { Random } from '../util/random.ts';
import type { ParameterName, Parameters } from './parameters.ts';
import type { TensorMap } from './safetensors.ts';

export const HEAD_WEIGHT = 'mlp.weight';
export const HEAD_BIAS = 'mlp.bias';

export function initialHead(hidden: number, seed: number): TensorMap {
  const random = Random.seeded(seed).fork('head');
  const draw = (name: string, size: number) => {
    const stream = random.fork(name);
    return Float32Array.from({ length: size }, () => 6e-3 * stream.normal());
  };
  return new Map([
    [HEAD_WEIGHT, { shape: [hidden, hidden], data: draw(HEAD_WEIGHT, hidden * hidden) }],
    [HEAD_BIAS, { shape: [hidden], data: draw(HEAD_BIAS, hidden) }],
  ]);
}

/** Is this parameter part of the head, not of the encoder? */
export function isHead(name: ParameterName): boolean {
  return name === HEAD_WEIGHT || name === HEAD_BIAS;
}

/** @param parameters must include those of the head; @param pooled [rows, hidden]. Returns the same shape. */
export function applyHead(parameters: Parameters, pooled: tf.Tensor2D): tf.Tensor2D {
  const [weight, bias] = [parameters.get(HEAD_WEIGHT) as tf.Tensor, parameters.get(HEAD_BIAS) as tf.Tensor];
  return linear(pooled, weight as tf.Tensor2D, bias as tf.Tensor1D);
}
