// Embeddings of many sentences: sorted by length into batches of bounded size, read back as plain numbers.
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

/** Most padded tokens in one batch. */
const TOKENS_PER_BATCH = 4096;
/** A batch that holds this many takes no sentence that would make more than the share below of it padding. */
const TOKENS_ENOUGH = 1024;
const PADDING = 0.1;

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
  const read = async (vectors: tf.Tensor2D, members: readonly number[]) => {
    const values = await readBack(vectors);
    vectors.dispose();
    assertDeviceSound();
    members.forEach((row, at) => data.set(values.subarray(at * hidden, (at + 1) * hidden), row * hidden));
    done += members.length;
    options.onProgress?.(done);
  };
  // The device computes a batch while the one before is read.
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

/** Cuts the order into batches of bounded padded size, with little padding once they are worth a pass of their own. */
export function lengthBatches(rows: readonly (readonly number[])[], order: readonly number[]): number[][] {
  const batches: number[][] = [];
  let current: number[] = [];
  let tokens = 0;
  for (const i of order) {
    const length = rows[i]!.length; // the longest so far, since lengths rise
    const padded = (current.length + 1) * length;
    const isWasteful = tokens >= TOKENS_ENOUGH && tokens + length < (1 - PADDING) * padded;
    if (current.length > 0 && (padded > TOKENS_PER_BATCH || isWasteful)) {
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
