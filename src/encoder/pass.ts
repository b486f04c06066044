// Options of a forward pass through the encoder, and the state shared by its parts.
import type * as tf from '@tensorflow/tfjs-core';
import type { DropoutMask } from '../kernels/dropout/dropout.ts';
import type { TokenBatch } from '../tokenizer/pad.ts';
import type { Key } from '../util/random.ts';
import type { EncoderConfig } from './config.ts';
import type { Parameters } from './parameters.ts';

/** Dropout rates per kind of site; tests can switch them on one by one. */
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
  /** Determines the dropout masks; required in train mode. Two passes with the same key have the same masks. */
  key?: Key;
  tap?: Tap;
  /** Are only the states of real tokens needed? Those at padding positions may then be 0, which saves computation. */
  onlyTokens?: boolean;
  /** The one position per row that is read from the last layer (poolingPlaces()), if so; other states may be 0. */
  places?: Int32Array | undefined;
}

/** The state shared by all parts of one forward pass. */
export interface Pass {
  parameters: Parameters;
  config: EncoderConfig;
  batch: TokenBatch;
  dropoutRate: DropoutRates;
  /** The dropout mask of a site; undefined when its rate is 0. */
  mask: (rate: number, site: string) => DropoutMask | undefined;
  /** Number of real tokens in every row, int32 [rows]. */
  lengths: tf.Tensor1D;
  /** Indices of the rows of [rows * length, ...] that are real tokens, int32; undefined: compute all rows. */
  tokens: tf.Tensor1D | undefined;
  /** Indices of the output rows to compute: `tokens`, or in the last layer only those that are read. */
  wanted: tf.Tensor1D | undefined;
  /** The single query position of every row in this layer's attention, int32 [rows]; undefined: all positions. */
  places: tf.Tensor1D | undefined;
  tap?: Tap | undefined;
}
