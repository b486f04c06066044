// A very small BERT over the bundled vocabulary's first tokens, and small corpora: runs that take seconds.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEncoderConfig } from '../../src/encoder/config.ts';
import type { LoadedModel } from '../../src/encoder/folder.ts';
import { initialParameters } from '../../src/encoder/parameters.ts';
import { writeSafetensors } from '../../src/encoder/safetensors.ts';
import { makeTokenizer } from '../../src/tokenizer/tokenizer.ts';
import type { Group, ScoredPair } from '../../src/data/group.ts';
import { Random } from '../../src/util/random.ts';

export const WORDS =
  'a the man woman dog cat child bird plays eats sees holds runs sits red blue small old ball apple chair river park street in on near with'.split(
    ' ',
  );
const VOCABULARY = [
  '[PAD]',
  '[UNK]',
  '[CLS]',
  '[SEP]',
  '[MASK]',
  'this',
  'sentence',
  ':',
  '"',
  'of',
  'means',
  ...WORDS,
];

export const VOCAB_TXT = `${VOCABULARY.join('\n')}\n`;

export const TINY_CONFIG = {
  model_type: 'bert',
  vocab_size: VOCABULARY.length,
  hidden_size: 16,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 32,
  max_position_embeddings: 32,
  type_vocab_size: 2,
  hidden_act: 'gelu',
  layer_norm_eps: 1e-12,
  pad_token_id: 0,
};

export function tinyModel(overrides: Partial<typeof TINY_CONFIG> = {}): LoadedModel {
  const config = parseEncoderConfig(JSON.stringify({ ...TINY_CONFIG, ...overrides }));
  return {
    name: 'tiny',
    config,
    tensors: initialParameters(config, 7),
    tokenizer: makeTokenizer({ vocabTxt: VOCAB_TXT }),
    pooling: undefined,
    maxLength: undefined,
    tokenizerFiles: new Map([['vocab.txt', new TextEncoder().encode(VOCAB_TXT)]]),
  };
}

/** The same model as a folder on disk. */
export function writeTinyModel(folder: string, overrides: Partial<typeof TINY_CONFIG> = {}): string {
  mkdirSync(folder, { recursive: true });
  const config = { ...TINY_CONFIG, ...overrides };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'vocab.txt'), VOCAB_TXT);
  const tensors = initialParameters(parseEncoderConfig(JSON.stringify(config)), 7);
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(tensors));
  return folder;
}

function sentence(random: Random): string {
  const length = 4 + random.integer(5);
  return Array.from({ length }, () => WORDS[random.integer(WORDS.length)]).join(' ');
}

/** Groups of nonsense sentences: the positive shares most words, the intermediate some, the negative is another. */
export function tinyGroups(count: number, seed = 1): Group[] {
  const random = Random.seeded(seed).fork('tiny groups');
  return Array.from({ length: count }, (_, i): Group => {
    const anchor = `${sentence(random)} ${WORDS[i % WORDS.length]}`;
    const words = anchor.split(' ');
    return {
      id: `tiny-${i}`,
      anchor,
      positive: [...words].reverse().join(' '),
      intermediate: words.slice(0, 3).join(' '),
      negative: sentence(random),
      pattern: 'sts',
      source: 'bundled',
    };
  });
}

export function tinyPlain(count: number, seed = 2): Group[] {
  const random = Random.seeded(seed).fork('tiny plain');
  return Array.from({ length: count }, (_, i): Group => {
    return {
      id: `plain-${i}`,
      anchor: `${sentence(random)} ${i % 7 === 0 ? 'park' : 'street'}`,
      pattern: 'plain',
      source: 'bundled',
    };
  });
}

export function tinyPairs(count: number, seed = 3): ScoredPair[] {
  const random = Random.seeded(seed).fork('tiny pairs');
  return Array.from({ length: count }, (_, i) => {
    const first = sentence(random);
    const score = i % 6;
    const words = first.split(' ');
    return {
      score,
      first,
      second: [...words.slice(0, score), ...sentence(random).split(' ')].slice(0, words.length).join(' '),
    };
  });
}
