// One forward pass for BERT and RoBERTa (Devlin et al. 2019; Liu et al. 2019), post-layer-norm, with every dropout
// site of Hugging Face: after the embeddings, on attention probabilities, after the attention output, after the
// feed-forward output. The two models differ in their configuration only.
import * as tf from '@tensorflow/tfjs-core';
import { dropout } from '../kernels/dropout.ts';
import { gelu } from '../kernels/gelu.ts';
import { layerNorm } from '../kernels/layerNorm.ts';
import { linear } from '../kernels/linear.ts';
import type { TokenBatch } from '../tokenizer/pad.ts';
import { forkKey } from '../util/random.ts';
import { selfAttention } from './attention.ts';
import type { EncoderConfig } from './config.ts';
import type { Parameters } from './parameters.ts';
import { NO_DROPOUT, type EncodeOptions, type Pass } from './pass.ts';

/**
 * Token states of the last layer.
 * @returns [rows, length, hidden]; values at padding places are of no meaning.
 */
export function encode(
  parameters: Parameters,
  config: EncoderConfig,
  batch: TokenBatch,
  options: EncodeOptions = {},
): tf.Tensor3D {
  return tf.tidy(() => {
    const key = options.key;
    const pass: Pass = {
      parameters,
      config,
      batch,
      dropoutRate: options.dropout ?? NO_DROPOUT,
      maskKey: (site) => {
        if (!key) throw new Error('a pass with dropout needs a key');
        return forkKey(key, site);
      },
      keyMask: keyMask(batch),
      tap: options.tap,
    };
    let x = embed(pass);
    for (let layer = 0; layer < config.layers; layer++) {
      options.tap?.(`hidden.${layer}`, x);
      x = block(x, layer, pass);
    }
    const states = tf.reshape<tf.Rank.R3>(x, [batch.rows, batch.length, config.hidden]);
    options.tap?.(`hidden.${config.layers}`, states);
    return states;
  });
}

function keyMask({ rows, length, lengths }: TokenBatch): tf.Tensor4D {
  const mask = new Float32Array(rows * length);
  for (let r = 0; r < rows; r++) mask.fill(-10000, r * length + lengths[r]!, (r + 1) * length);
  return tf.tensor4d(mask, [rows, 1, 1, length]);
}

/** Position of every token in the table; RoBERTa counts from padId + 1 and gives padding the place padId. */
export function positionIds({ rows, length, lengths }: TokenBatch, config: EncoderConfig): Int32Array {
  const positions = new Int32Array(rows * length);
  for (let r = 0; r < rows; r++) {
    for (let t = 0; t < length; t++) {
      const isPadding = config.positionOffset > 0 && t >= lengths[r]!;
      positions[r * length + t] = isPadding ? config.padId : t + config.positionOffset;
    }
  }
  return positions;
}

function vector(pass: Pass, name: string): tf.Tensor1D {
  return pass.parameters.get(name) as tf.Tensor as tf.Tensor1D;
}

function matrix(pass: Pass, name: string): tf.Tensor2D {
  return pass.parameters.get(name) as tf.Tensor as tf.Tensor2D;
}

function normalise(x: tf.Tensor2D, name: string, pass: Pass): tf.Tensor2D {
  return layerNorm(
    x,
    vector(pass, `${name}.weight`),
    vector(pass, `${name}.bias`),
    pass.config.layerNormEpsilon,
  );
}

function dropped(x: tf.Tensor2D, rate: number, site: string, pass: Pass): tf.Tensor2D {
  return rate > 0 ? dropout(x, rate, pass.maskKey(site)) : x;
}

/** LN(word + position + type), then dropout; [rows * length, hidden]. */
function embed(pass: Pass): tf.Tensor2D {
  const { batch, config } = pass;
  const look = (name: string, ids: Int32Array) =>
    tf.gather(matrix(pass, `embeddings.${name}.weight`), tf.tensor1d(ids, 'int32'));
  const words = look('word_embeddings', batch.ids);
  const positions = look('position_embeddings', positionIds(batch, config));
  const types = look('token_type_embeddings', batch.types ?? new Int32Array(batch.rows * batch.length));
  const sum = tf.add<tf.Tensor2D>(tf.add(words, types), positions);
  return dropped(
    normalise(sum, 'embeddings.LayerNorm', pass),
    pass.dropoutRate.embeddings,
    'embeddings',
    pass,
  );
}

/** One transformer layer. */
function block(x: tf.Tensor2D, layer: number, pass: Pass): tf.Tensor2D {
  const at = `encoder.layer.${layer}`;
  const dense = (input: tf.Tensor2D, name: string) =>
    linear(input, matrix(pass, `${name}.weight`), vector(pass, `${name}.bias`));
  const attended = dense(selfAttention(x, layer, pass), `${at}.attention.output.dense`);
  const attendedKept = dropped(
    attended,
    pass.dropoutRate.attentionOutput,
    `layer.${layer}.attentionOutput`,
    pass,
  );
  const y = normalise(tf.add<tf.Tensor2D>(attendedKept, x), `${at}.attention.output.LayerNorm`, pass);
  const inner = gelu(dense(y, `${at}.intermediate.dense`));
  const outer = dropped(
    dense(inner, `${at}.output.dense`),
    pass.dropoutRate.feedForward,
    `layer.${layer}.feedForward`,
    pass,
  );
  return normalise(tf.add<tf.Tensor2D>(outer, y), `${at}.output.LayerNorm`, pass);
}
