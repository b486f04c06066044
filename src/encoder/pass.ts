// Options of a forward pass, and the state its parts share.
import type * as tf from '@tensorflow/tfjs-core';
import type { DropoutMask } from '../kernels/dropout/dropout.ts';
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
  /** Are only the states of real tokens wanted? Those at padding places then may be 0, which saves their work. */
  onlyTokens?: boolean;
  /** Is one place of every row all that is read of the last layer (poolingPlaces())? The other states then may be 0. */
  places?: Int32Array | undefined;
}

/** What all parts of one forward pass share. */
export interface Pass {
  parameters: Parameters;
  config: EncoderConfig;
  batch: TokenBatch;
  dropoutRate: DropoutRates;
  /** The dropout mask of a site; undefined when its rate is 0. */
  mask: (rate: number, site: string) => DropoutMask | undefined;
  /** Real tokens of every row, int32 [rows]. */
  lengths: tf.Tensor1D;
  /** Which rows of [rows * length, ...] are real tokens, int32; undefined when all rows are to be computed. */
  tokens: tf.Tensor1D | undefined;
  /** Which rows are wanted of what the layer makes: `tokens`, and in the last layer those that are read. */
  wanted: tf.Tensor1D | undefined;
  /** The place in every row that asks in this layer's attention, int32 [rows]; undefined when all do. */
  places: tf.Tensor1D | undefined;
  tap?: Tap | undefined;
}
