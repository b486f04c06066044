// What is measured: the sizes of encoder, the cases of a step, and how many floating-point operations a step takes.
import { parseEncoderConfig, type EncoderConfig } from '../../src/encoder/config.ts';

export const SIZES = {
  pocket: { layers: 2, hidden: 128, heads: 2, intermediate: 512, vocabulary: 8192 },
  mini: { layers: 4, hidden: 256, heads: 4, intermediate: 1024, vocabulary: 8192 },
  base: { layers: 12, hidden: 768, heads: 12, intermediate: 3072, vocabulary: 30522 },
} as const;

export type SizeName = keyof typeof SIZES;
export const SIZE_NAMES = Object.keys(SIZES) as SizeName[];

/** The dimensions of an encoder, as far as the work of a step depends on them. */
export type Size = { -readonly [K in keyof (typeof SIZES)['pocket']]: number };

/** How many sentences a step encodes, and how long they are. */
export interface Extent {
  /** A pair is two sentences. */
  pairs: number;
  /** Tokens of every sentence: nothing is padding. */
  length: number;
}

export const EXTENT: Extent = { pairs: 32, length: 32 };

/** One kind of step. */
export interface Case {
  /** Rate at every site. */
  dropout: number;
  /** Do the embeddings stay as they are? */
  frozen: boolean;
}

/** The first is the one of the headline. */
export const CASES: readonly Case[] = [
  { dropout: 0, frozen: false },
  { dropout: 0.1, frozen: false },
  { dropout: 0, frozen: true },
  { dropout: 0.1, frozen: true },
];

export function caseName({ dropout, frozen }: Case): string {
  return `dropout ${dropout === 0 ? 'off' : 'on'}, embeddings ${frozen ? 'frozen' : 'trained'}`;
}

export function encoderConfig(size: Size, longest: number): EncoderConfig {
  return parseEncoderConfig(
    JSON.stringify({
      model_type: 'bert',
      vocab_size: size.vocabulary,
      hidden_size: size.hidden,
      num_hidden_layers: size.layers,
      num_attention_heads: size.heads,
      intermediate_size: size.intermediate,
      max_position_embeddings: longest,
      type_vocab_size: 2,
      pad_token_id: 0,
    }),
  );
}

/**
 * Floating-point operations of one step's matrix products, n = 2 pairs T tokens:
 *
 *   forward  = L (2 n (4 H^2 + 2 H F) + 4 n T H)      four projections, two dense layers; Q K^T and P V
 *   step     = 3 forward                              the backward pass has two products for each of the forward's
 *
 * The loss's own product, everything element-wise and the optimiser are left out: under one percent.
 *
 * @param read what is computed of the last layer: all, or, [CLS] being all that is pooled, its keys and values for all tokens
 *   and the rest for one token a sentence
 */
export function stepFlops(
  { layers, hidden, intermediate }: Size,
  { pairs, length }: Extent,
  read: 'all' | 'first' = 'all',
): number {
  const sentences = 2 * pairs;
  const tokens = sentences * length;
  const layer = (asking: number) => {
    const dense = 2 * tokens * 2 * hidden ** 2 + 2 * asking * (2 * hidden ** 2 + 2 * hidden * intermediate);
    const attention = 4 * asking * length * hidden;
    return dense + attention;
  };
  return 3 * ((layers - 1) * layer(tokens) + layer(read === 'all' ? tokens : sentences));
}
