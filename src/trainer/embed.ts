// Embeddings of many sentences: sorted by length into batches of bounded size, read back as plain numbers.
import * as tf from '@tensorflow/tfjs-core';
import type { EncoderConfig } from '../encoder/config.ts';
import { encode } from '../encoder/encoder.ts';
import { NO_DROPOUT, type DropoutRates } from '../encoder/pass.ts';
import type { Parameters } from '../encoder/parameters.ts';
import { pool, type Pooling } from '../encoder/pooling.ts';
import { assertDeviceSound } from '../kernels/backend.ts';
import type { Matrix } from '../metrics/vectors.ts';
import { padRows } from '../tokenizer/pad.ts';
import { breathe } from '../util/breathe.ts';
import { forkKey, type Key } from '../util/random.ts';

/** Most padded tokens in one batch. */
const TOKENS_PER_BATCH = 4096;

export interface EmbedOptions {
  pooling: Pooling;
  /** Train mode: rates and the key of the masks. Left out: eval mode. */
  dropout?: { rates: DropoutRates; key: Key } | undefined;
  /** Called with the number of sentences done. */
  onProgress?: ((done: number) => void) | undefined;
}

/** @param rows token ids per sentence, special tokens included. Returns [sentences, hidden] in the rows' order. */
export async function embedRows(
  parameters: Parameters,
  config: EncoderConfig,
  rows: readonly (readonly number[])[],
  options: EmbedOptions,
): Promise<Matrix> {
  const { hidden } = config;
  const order = rows.map((_, i) => i).sort((a, b) => rows[a]!.length - rows[b]!.length || a - b);
  const data = new Float64Array(rows.length * hidden);
  let done = 0;
  for (const [index, members] of lengthBatches(rows, order).entries()) {
    const batch = padRows(
      members.map((i) => rows[i]!),
      config.padId,
    );
    const vectors = tf.tidy(() => {
      const key = options.dropout && forkKey(options.dropout.key, index);
      const states = encode(parameters, config, batch, {
        dropout: options.dropout?.rates ?? NO_DROPOUT,
        onlyTokens: true,
        ...(key && { key }),
      });
      return pool(states, batch, options.pooling);
    });
    const values = await vectors.data();
    vectors.dispose();
    assertDeviceSound();
    members.forEach((row, at) => data.set(values.subarray(at * hidden, (at + 1) * hidden), row * hidden));
    await breathe();
    done += members.length;
    options.onProgress?.(done);
  }
  return { data, rows: rows.length, dimension: hidden };
}

/** Cuts the order into batches whose padded size stays within TOKENS_PER_BATCH. */
function lengthBatches(rows: readonly (readonly number[])[], order: readonly number[]): number[][] {
  const batches: number[][] = [];
  let current: number[] = [];
  for (const i of order) {
    const length = rows[i]!.length; // the longest so far, since lengths rise
    if (current.length > 0 && (current.length + 1) * length > TOKENS_PER_BATCH) {
      batches.push(current);
      current = [];
    }
    current.push(i);
  }
  if (current.length > 0) batches.push(current);
  return batches;
}
