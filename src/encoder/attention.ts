// Multi-head self-attention of BERT (Vaswani et al. 2017), for a padded batch: projections and attention proper.
import type * as tf from '@tensorflow/tfjs-core';
import { attention } from '../kernels/attention/attention.ts';
import { linear } from '../kernels/linear/linear.ts';
import type { Pass } from './pass.ts';

/**
 * softmax(Q K^T / sqrt(head size) + mask) V for every head, joined again (before the output layer).
 * @param x [rows * length, hidden]. Returns the same shape.
 */
export function selfAttention(x: tf.Tensor2D, layer: number, pass: Pass): tf.Tensor2D {
  const { parameters, config, batch, lengths, tap } = pass;
  const at = `encoder.layer.${layer}.attention.self`;
  const site = `layer.${layer}.attention`;
  const project = (role: 'query' | 'key' | 'value') => {
    const weight = parameters.get(`${at}.${role}.weight`) as tf.Tensor as tf.Tensor2D;
    return linear(x, weight, parameters.get(`${at}.${role}.bias`) as tf.Tensor as tf.Tensor1D, pass.tokens);
  };
  const mask = pass.mask(pass.dropoutRate.attention, site);
  return attention({
    q: project('query'),
    k: project('key'),
    v: project('value'),
    lengths,
    heads: config.heads,
    length: batch.length,
    onlyTokens: pass.tokens !== undefined,
    ...(mask && { mask }),
    tap: tap && ((probabilities) => tap(site, probabilities)),
  });
}
