// Embeds many sentences: sorts them by length into batches of limited size, and reads the embeddings back.
import * as tf from '@tensorflow/tfjs-core';
import type { EncoderConfig } from '../encoder/config.ts';
import { encode } from '../encoder/encoder.ts';
import { NO_DROPOUT, type DropoutRates } from '../encoder/pass.ts';
import type { Parameters } from '../encoder/parameters.ts';
import { pool, poolingPlaces, type Pooling } from '../encoder/pooling.ts';
import { assertDeviceSound } from '../kernels/deviceHealth.ts';
import { readBack } from '../kernels/readBack.ts';
import type { Matrix } from '../metrics/vectors.ts';
import { padRows } from '../tokenizer/pad.ts';
import { yieldToEventLoop } from '../util/yieldToEventLoop.ts';
import { forkKey, type Key } from '../util/random.ts';

/** Maximum number of tokens in one batch, including padding. */
const TOKENS_PER_BATCH = 4096;
/** From this many tokens on, a batch takes no sentence that would raise its share of padding above PADDING. */
const TOKENS_ENOUGH = 1024;
const PADDING = 0.1;

export interface EmbedOptions {
  pooling: Pooling;
  /** Dropout rates and the key of the masks, in train mode; omit it for eval mode. */
  dropout?: { rates: DropoutRates; key: Key } | undefined;
  /** Called with the number of sentences done. */
  onProgress?: ((done: number) => void) | undefined;
}

/** @param rows token ids per sentence, with special tokens. Returns [sentences, hidden], in the order of the rows. */
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
  const read = async (vectors: tf.Tensor2D, members: readonly number[]) => {
    const values = await readBack(vectors);
    vectors.dispose();
    assertDeviceSound();
    members.forEach((row, at) => data.set(values.subarray(at * hidden, (at + 1) * hidden), row * hidden));
    done += members.length;
    options.onProgress?.(done);
  };
  // The device computes a batch while the previous one is read back.
  let reading = Promise.resolve();
  try {
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
          places: poolingPlaces(batch, options.pooling),
          ...(key && { key }),
        });
        return pool(states, batch, options.pooling);
      });
      const before = reading;
      reading = read(vectors, members);
      await before;
      await yieldToEventLoop();
    }
  } finally {
    await reading;
  }
  return { data, rows: rows.length, dimension: hidden };
}

/** Splits the order into batches of limited padded size; batches that are large enough contain little padding. */
export function lengthBatches(rows: readonly (readonly number[])[], order: readonly number[]): number[][] {
  const batches: number[][] = [];
  let current: number[] = [];
  let tokens = 0;
  for (const i of order) {
    const length = rows[i]!.length; // the longest so far, since lengths rise
    const padded = (current.length + 1) * length;
    const wouldWastePadding = tokens >= TOKENS_ENOUGH && tokens + length < (1 - PADDING) * padded;
    if (current.length > 0 && (padded > TOKENS_PER_BATCH || wouldWastePadding)) {
      batches.push(current);
      current = [];
      tokens = 0;
    }
    current.push(i);
    tokens += length;
  }
  if (current.length > 0) batches.push(current);
  return batches;
}
