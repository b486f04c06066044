// BERT's multi-head self-attention (Vaswani et al. 2017) for a padded batch: query, key and value projections, and
// attention itself.
import type * as tf from '@tensorflow/tfjs-core';
import { attention } from '../kernels/attention/attention.ts';
import { projections } from '../kernels/projections/projections.ts';
import type { Pass } from './pass.ts';

/** The output of attention, and its input passed through for the residual connection. */
export interface Attended {
  context: tf.Tensor2D;
  passed: tf.Tensor2D;
}

/**
 * softmax(Q K^T / sqrt(head size) + mask) V for every head, with the heads concatenated (before the output layer).
 * @param x [rows * length, hidden]; both results have the same shape
 */
export function selfAttention(x: tf.Tensor2D, layer: number, pass: Pass): Attended {
  const { parameters, config, batch, lengths, tap } = pass;
  const at = `encoder.layer.${layer}.attention.self`;
  const site = `layer.${layer}.attention`;
  const weight = (role: string) => parameters.get(`${at}.${role}.weight`) as tf.Tensor as tf.Tensor2D;
  const bias = (role: string) => parameters.get(`${at}.${role}.bias`) as tf.Tensor as tf.Tensor1D;
  const weights = {
    query: weight('query'),
    key: weight('key'),
    value: weight('value'),
    queryBias: bias('query'),
    keyBias: bias('key'),
    valueBias: bias('value'),
  };
  const { passed, ...qkv } = projections(x, weights, { tokens: pass.tokens, queries: pass.wanted });
  const mask = pass.mask(pass.dropoutRate.attention, site);
  const context = attention({
    ...qkv,
    lengths,
    heads: config.heads,
    length: batch.length,
    onlyTokens: pass.tokens !== undefined,
    places: pass.places,
    ...(mask && { mask }),
    tap: tap && ((probabilities) => tap(site, probabilities)),
  });
  return { context, passed };
}
