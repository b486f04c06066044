// The work that all contestants are given: the same weights, the same token rows, the same optimiser.
import { type EncoderConfig } from '../../src/encoder/config.ts';
import { isEmbedding, parameterShapes, type ParameterName } from '../../src/encoder/parameters.ts';
import type { TensorMap } from '../../src/encoder/safetensors.ts';
import { Random } from '../../src/util/random.ts';
import { encoderConfig, type Case, type Extent, type Size } from './sizes.ts';

export const TEMPERATURE = 0.05;
export const ADAM = { learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

export interface Work extends Case, Extent {
  config: EncoderConfig;
  tensors: TensorMap;
  /** The parameters that learn. */
  trained: ParameterName[];
  /** Token rows of step i: batches[i % batches.length]; anchor, positive, anchor, ... */
  batches: number[][][];
}

/** A contestant. Its weights and moments live from its making to its disposal. */
export interface Stepper {
  name: string;
  /** Does it leave out what [CLS] pooling does not read of the last layer? Its rate counts what it computes. */
  readsFirst?: boolean;
  /** Trains steps `first` to `first + count - 1`, waits for the device, and gives the last one's loss. */
  run(first: number, count: number): Promise<number>;
  dispose(): void;
}

/** How many batches take turns. */
const BATCHES = 4;

export function makeWork(size: Size, extent: Extent, kind: Case, seed = 1): Work {
  const config = encoderConfig(size, extent.length);
  const random = Random.seeded(seed).fork('bench');
  const trained = [...parameterShapes(config).keys()].filter((name) => !(kind.frozen && isEmbedding(name)));
  return {
    pairs: extent.pairs,
    length: extent.length,
    dropout: kind.dropout,
    frozen: kind.frozen,
    config,
    trained,
    tensors: weights(config, random.fork('weights')),
    batches: Array.from({ length: BATCHES }, (_, i) => pairRows(config, extent, random.fork(i))),
  };
}

/** A prime, so that no two rows of an embedding table are alike. */
const DRAWN = 65521;

/** Weights as BERT begins, normal(0, 0.02), from numbers drawn once and walked through again and again. */
function weights(config: EncoderConfig, random: Random): TensorMap {
  const drawn = Float32Array.from({ length: DRAWN }, () => 0.02 * random.normal());
  const tensors: TensorMap = new Map();
  let at = 0;
  for (const [name, shape] of parameterShapes(config)) {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (name.endsWith('LayerNorm.weight')) data.fill(1);
    else if (!name.endsWith('bias')) {
      for (let i = 0; i < data.length; i++) data[i] = drawn[(at + i) % DRAWN]!;
      at += data.length;
    }
    tensors.set(name, { shape, data });
  }
  return tensors;
}

/** Ids of [PAD], [UNK], [CLS], [SEP] and [MASK] come first. */
const SPECIAL = 5;

/** Pairs of an anchor and its words in another order. */
function pairRows(config: EncoderConfig, { pairs, length }: Extent, random: Random): number[][] {
  const [cls, sep] = [2, 3];
  return Array.from({ length: pairs }, () => {
    const words = Array.from(
      { length: length - 2 },
      () => SPECIAL + random.integer(config.vocabulary - SPECIAL),
    );
    return [
      [cls, ...words, sep],
      [cls, ...random.shuffled(words), sep],
    ];
  }).flat();
}
