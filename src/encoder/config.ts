// Parses the config.json of a Hugging Face BERT or RoBERTa model folder.
import { z } from 'zod';
import { Failure, messageOf } from '../util/failure.ts';

const positive = z.int().min(1).max(1_000_000);

const configJsonSchema = z.looseObject({
  model_type: z.enum(['bert', 'roberta']),
  vocab_size: positive,
  hidden_size: positive,
  num_hidden_layers: positive,
  num_attention_heads: positive,
  intermediate_size: positive,
  max_position_embeddings: positive,
  type_vocab_size: positive.default(2),
  hidden_act: z.literal('gelu').default('gelu'),
  layer_norm_eps: z.number().positive().default(1e-12),
  pad_token_id: z.int().min(0).optional(),
  position_embedding_type: z.literal('absolute').default('absolute'),
});

/** Sizes and constants of an encoder. */
export interface EncoderConfig {
  type: 'bert' | 'roberta';
  vocabulary: number;
  hidden: number;
  layers: number;
  heads: number;
  intermediate: number;
  maxPositions: number;
  typeVocabulary: number;
  layerNormEpsilon: number;
  padId: number;
  /** Added to a token's position: 0 for BERT, padId + 1 for RoBERTa. */
  positionOffset: number;
  /** The parsed config.json, which is saved again with the trained weights. */
  raw: Record<string, unknown>;
}

/** @throws Failure naming the field that is missing or not supported */
export function parseEncoderConfig(text: string): EncoderConfig {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new Failure(`config.json is not JSON (${messageOf(error)}).`);
  }
  const parsed = configJsonSchema.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') || 'config.json';
    throw new Failure(
      `config.json: "${field}" ${issue?.message}. Only BERT and RoBERTa with gelu and absolute positions are supported.`,
    );
  }
  const json = parsed.data;
  if (json.hidden_size % json.num_attention_heads !== 0) {
    throw new Failure(
      `config.json: hidden_size ${json.hidden_size} is not a multiple of num_attention_heads ${json.num_attention_heads}.`,
    );
  }
  const padId = json.pad_token_id ?? (json.model_type === 'roberta' ? 1 : 0);
  if (padId >= json.vocab_size) {
    throw new Failure(
      `config.json: pad_token_id ${padId} is not in the vocabulary of ${json.vocab_size} tokens.`,
    );
  }
  return {
    type: json.model_type,
    vocabulary: json.vocab_size,
    hidden: json.hidden_size,
    layers: json.num_hidden_layers,
    heads: json.num_attention_heads,
    intermediate: json.intermediate_size,
    maxPositions: json.max_position_embeddings,
    typeVocabulary: json.type_vocab_size,
    layerNormEpsilon: json.layer_norm_eps,
    padId,
    positionOffset: json.model_type === 'roberta' ? padId + 1 : 0,
    raw: json,
  };
}

/** Maximum input length in tokens, limited by the position embedding table. */
export function longestInput(config: EncoderConfig): number {
  return config.maxPositions - config.positionOffset;
}
