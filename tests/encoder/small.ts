// A BERT or RoBERTa small enough for every backend, and model folders that lie in memory.
// On a software GPU products of up to 128 elements are slow to run, and those wider than 16 slow to compile.
import { readdirSync, readFileSync } from 'node:fs';
import { parseEncoderConfig, type EncoderConfig } from '../../src/encoder/config.ts';
import type { FolderReader } from '../../src/encoder/folderReader.ts';
import { initialParameters } from '../../src/encoder/parameters.ts';
import type { TensorMap } from '../../src/encoder/safetensors.ts';
import { Random } from '../../src/util/random.ts';

export type Files = Map<string, Uint8Array>;

export function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
}

export function jsonIn(files: Files, file: string): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(files.get(file))) as Record<string, unknown>;
}

export function folder(files: Files): FolderReader {
  return { name: 'test-model', read: async (file) => files.get(file) };
}

/** The files of models/pocket. */
export function pocket(): Files {
  const at = new URL('../../models/pocket/', import.meta.url);
  return new Map(
    readdirSync(at).map((file) => [file, new Uint8Array(readFileSync(new URL(file, at)))] as const),
  );
}

export const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'This', 'this', 'sentence', ':', '"'];

/** config.json of the small model. */
export function smallJson(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    model_type: 'bert',
    vocab_size: 40,
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 15,
    max_position_embeddings: 20,
    type_vocab_size: 2,
    ...changes,
  };
}

export function smallConfig(changes: Record<string, unknown> = {}): EncoderConfig {
  return parseEncoderConfig(JSON.stringify(smallJson(changes)));
}

/** Weights large enough for every part of the encoder to be felt, biases and layer norms too. */
export function smallTensors(config: EncoderConfig): TensorMap {
  const tensors = initialParameters(config, 1);
  for (const [name, { data }] of tensors) {
    const random = Random.seeded(2).fork(name);
    data.forEach((value, i) => (data[i] = value + 0.2 * random.normal()));
  }
  return tensors;
}
