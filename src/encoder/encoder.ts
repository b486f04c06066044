// The forward pass of BERT and RoBERTa (Devlin et al. 2019; Liu et al. 2019), post-layer-norm, with all dropout sites
// of the Hugging Face implementation: after the embeddings, on attention probabilities, after the attention output and
// after the feed-forward output. The two models differ only in their configuration.
import * as tf from '@tensorflow/tfjs-core';
import { addNorm } from '../kernels/addNorm/addNorm.ts';
import { dropout, type DropoutMask } from '../kernels/dropout/dropout.ts';
import { embed } from '../kernels/embed/embed.ts';
import { feedForward } from '../kernels/feedForward/feedForward.ts';
import { linear } from '../kernels/linear/linear.ts';
import { leavesOutRows } from '../kernels/linear/linear.ts';
import { tokenCount, type TokenBatch } from '../tokenizer/pad.ts';
import { forkKey } from '../util/random.ts';
import { selfAttention } from './attention.ts';
import type { EncoderConfig } from './config.ts';
import type { Parameters } from './parameters.ts';
import { NO_DROPOUT, type EncodeOptions, type Pass } from './pass.ts';

/**
 * Computes the token states of the last layer.
 * @returns [rows, length, hidden]; values at padding positions are meaningless
 */
export function encode(
  parameters: Parameters,
  config: EncoderConfig,
  batch: TokenBatch,
  options: EncodeOptions = {},
): tf.Tensor3D {
  return tf.tidy(() => {
    const key = options.key;
    const tokens = options.onlyTokens && leavesOutRows() ? tokenRows(batch) : undefined;
    const pass: Pass = {
      parameters,
      config,
      batch,
      dropoutRate: options.dropout ?? NO_DROPOUT,
      mask: (rate, site) => {
        if (rate === 0) return undefined;
        if (!key) throw new Error('a pass with dropout needs a key');
        return { rate, key: forkKey(key, site) };
      },
      lengths: tf.tensor1d(batch.lengths, 'int32'),
      tokens,
      wanted: tokens,
      places: undefined,
      tap: options.tap,
    };
    let x = embeddings(pass);
    for (let layer = 0; layer < config.layers; layer++) {
      options.tap?.(`hidden.${layer}`, x);
      x = block(x, layer, layer === config.layers - 1 ? lastLayer(pass, options.places) : pass);
    }
    const states = tf.reshape<tf.Rank.R3>(x, [batch.rows, batch.length, config.hidden]);
    options.tap?.(`hidden.${config.layers}`, states);
    return states;
  });
}

/** Indices of the rows of [rows * length, ...] that are real tokens; undefined when all or none are. */
function tokenRows(batch: TokenBatch): tf.Tensor1D | undefined {
  const { rows, length, lengths } = batch;
  const tokens = new Int32Array(tokenCount(batch));
  if (tokens.length === 0 || tokens.length === rows * length) return undefined;
  let at = 0;
  for (let r = 0; r < rows; r++) for (let t = 0; t < lengths[r]!; t++) tokens[at++] = r * length + t;
  return tf.tensor1d(tokens, 'int32');
}

/** The last layer needs keys and values of all tokens, but everything else only at the positions that are read. */
function lastLayer(pass: Pass, places: Int32Array | undefined): Pass {
  if (!places || !leavesOutRows()) return pass;
  const { length } = pass.batch;
  const read = places.map((place, row) => row * length + place);
  return { ...pass, wanted: tf.tensor1d(read, 'int32'), places: tf.tensor1d(places, 'int32') };
}

/** Position ids, [rows * length]; RoBERTa counts from padId + 1 and uses padId for padding. */
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

/** LayerNorm(dropout(x) + residual) with the parameters under `name`. */
function normalise(
  x: tf.Tensor2D,
  name: string,
  pass: Pass,
  residual?: tf.Tensor2D,
  mask?: DropoutMask,
): tf.Tensor2D {
  return addNorm({
    x,
    ...(residual && { residual }),
    gamma: vector(pass, `${name}.weight`),
    bias: vector(pass, `${name}.bias`),
    epsilon: pass.config.layerNormEpsilon,
    ...(mask && { mask }),
    rows: pass.wanted,
  });
}

/** Dropout(LayerNorm(word + position + type)), [rows * length, hidden]. */
function embeddings(pass: Pass): tf.Tensor2D {
  const { batch, config } = pass;
  const table = (name: string) => matrix(pass, `embeddings.${name}.weight`);
  const ids = (values: Int32Array) => tf.tensor1d(values, 'int32');
  const sum = embed(
    {
      words: table('word_embeddings'),
      positions: table('position_embeddings'),
      types: table('token_type_embeddings'),
    },
    {
      words: ids(batch.ids),
      positions: ids(positionIds(batch, config)),
      types: ids(batch.types ?? new Int32Array(batch.rows * batch.length)),
    },
  );
  const x = normalise(sum, 'embeddings.LayerNorm', pass);
  const mask = pass.mask(pass.dropoutRate.embeddings, 'embeddings');
  return mask ? dropout(x, mask.rate, mask.key) : x;
}

/** One transformer layer, [rows * length, hidden] to the same shape. */
function block(x: tf.Tensor2D, layer: number, pass: Pass): tf.Tensor2D {
  const at = `encoder.layer.${layer}`;
  const { dropoutRate } = pass;
  const { context, passed } = selfAttention(x, layer, pass);
  const attended = linear(
    context,
    matrix(pass, `${at}.attention.output.dense.weight`),
    vector(pass, `${at}.attention.output.dense.bias`),
    pass.wanted,
  );
  const y = normalise(
    attended,
    `${at}.attention.output.LayerNorm`,
    pass,
    passed,
    pass.mask(dropoutRate.attentionOutput, `layer.${layer}.attentionOutput`),
  );
  const feedForwardOutput = feedForward(
    y,
    {
      inner: matrix(pass, `${at}.intermediate.dense.weight`),
      innerBias: vector(pass, `${at}.intermediate.dense.bias`),
      outer: matrix(pass, `${at}.output.dense.weight`),
      outerBias: vector(pass, `${at}.output.dense.bias`),
    },
    pass.wanted,
  );
  return normalise(
    feedForwardOutput.y,
    `${at}.output.LayerNorm`,
    pass,
    feedForwardOutput.passed,
    pass.mask(dropoutRate.feedForward, `layer.${layer}.feedForward`),
  );
}
