// What one forward pass is told, and what its parts share.
import type * as tf from '@tensorflow/tfjs-core';
import type { TokenBatch } from '../tokenizer/pad.ts';
import type { Key } from '../util/random.ts';
import type { EncoderConfig } from './config.ts';
import type { Parameters } from './parameters.ts';

/** Rates per kind of site; the sites can be switched one by one for tests. */
export interface DropoutRates {
  embeddings: number;
  attention: number;
  attentionOutput: number;
  feedForward: number;
}

export const NO_DROPOUT: DropoutRates = { embeddings: 0, attention: 0, attentionOutput: 0, feedForward: 0 };

export function dropoutEverywhere(rate: number): DropoutRates {
  return { embeddings: rate, attention: rate, attentionOutput: rate, feedForward: rate };
}

/** Receives intermediate tensors by name; they live until the forward pass ends. */
export type Tap = (name: string, value: tf.Tensor) => void;

export interface EncodeOptions {
  /** Train mode when any rate is above 0. */
  dropout?: DropoutRates;
  /** Names this pass's masks; needed in train mode. Two passes with one key make the same masks. */
  key?: Key;
  tap?: Tap;
}

/** What all parts of one forward pass share. */
export interface Pass {
  parameters: Parameters;
  config: EncoderConfig;
  batch: TokenBatch;
  dropoutRate: DropoutRates;
  maskKey: (site: string) => Key;
  /** [rows, 1, 1, length]: 0 on tokens, -10000 on padding. */
  keyMask: tf.Tensor4D;
  tap?: Tap | undefined;
}
