// Multi-head self-attention of BERT (Vaswani et al. 2017), for a padded batch.
import * as tf from '@tensorflow/tfjs-core';
import { dropout } from '../kernels/dropout.ts';
import { linear } from '../kernels/linear.ts';
import { matMul } from '../kernels/matMul.ts';
import type { Pass } from './pass.ts';

/** [rows * length, hidden] -> [rows, heads, length, head size]. */
function splitHeads(x: tf.Tensor2D, { rows, length }: Pass['batch'], heads: number): tf.Tensor4D {
  const size = x.shape[1] / heads;
  return tf.transpose<tf.Tensor4D>(tf.reshape(x, [rows, length, heads, size]), [0, 2, 1, 3]);
}

/**
 * softmax(Q K^T / sqrt(head size) + mask) V for every head, joined again (before the output layer).
 * Padding keys get -10000, as Hugging Face does. Rows are not normalised again after dropout.
 * @param x [rows * length, hidden]. Returns the same shape.
 */
export function selfAttention(x: tf.Tensor2D, layer: number, pass: Pass): tf.Tensor2D {
  const { parameters, config, batch, dropoutRate } = pass;
  const at = `encoder.layer.${layer}.attention.self`;
  const project = (role: 'query' | 'key' | 'value') => {
    const weight = parameters.get(`${at}.${role}.weight`) as tf.Tensor as tf.Tensor2D;
    return splitHeads(
      linear(x, weight, parameters.get(`${at}.${role}.bias`) as tf.Tensor as tf.Tensor1D),
      batch,
      config.heads,
    );
  };
  const scale = 1 / Math.sqrt(config.hidden / config.heads);
  const scores = tf.mul(matMul(project('query'), project('key'), false, true), scale);
  const probabilities = tf.softmax(tf.add(scores, pass.keyMask), -1);
  pass.tap?.(`layer.${layer}.attention`, probabilities);
  const kept =
    dropoutRate.attention > 0
      ? dropout(probabilities, dropoutRate.attention, pass.maskKey(`layer.${layer}.attention`))
      : probabilities;
  const context = matMul(kept, project('value'));
  return tf.reshape<tf.Rank.R2>(tf.transpose(context, [0, 2, 1, 3]), [
    batch.rows * batch.length,
    config.hidden,
  ]);
}
