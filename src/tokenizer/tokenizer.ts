// Tokenises sentences: wraps @huggingface/tokenizers and adds what training needs (truncation, prompts, offsets).
import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { Failure, messageOf } from '../util/failure.ts';
import { byteLevelOffsets, wordPieceOffsets, type Offset } from './offsets.ts';
import { padRows, type TokenBatch } from './pad.ts';
import { PROMPT_WORDS, withPrompt, type PromptTemplate, type PromptTemplates } from './template.ts';
import { parseJsonObject, tokenizerJsonOf, type TokenizerFiles } from './tokenizerJson.ts';

export interface Encoding {
  /** With [CLS] and [SEP] (or <s>, </s>). */
  ids: number[];
  tokens: string[];
  /** Span of each token in the sentence, in UTF-16 code units; [0, 0] for special tokens. */
  offsets: Offset[];
  /** Was the sentence longer than the limit? */
  truncated: boolean;
}

export interface SpecialTokens {
  cls: number;
  sep: number;
  pad: number;
  mask: number;
  unknown: string;
}

export interface SentenceTokenizer {
  /** Largest id + 1: the number of rows that the word embedding table must have. */
  vocabularySize: number;
  special: SpecialTokens;
  prompts: PromptTemplates;
  /** @param maxLength in tokens, special ones included. */
  encode(sentence: string, maxLength: number): Encoding;
  /** Token ids of a sentence; a prompt, if given, is inserted after truncation. */
  ids(sentence: string, maxLength: number, prompt?: PromptTemplate): number[];
  /** The token of an id, as it is written in the vocabulary. */
  token(id: number): string;
  pad(rows: readonly (readonly number[])[]): TokenBatch;
}

const tokenizerJsonSchema = z.looseObject({
  model: z.looseObject({
    type: z.string().optional(),
    vocab: z.union([z.record(z.string(), z.int()), z.array(z.unknown())]),
    unk_token: z.string().nullish(),
  }),
  normalizer: z.looseObject({ lowercase: z.boolean().optional() }).nullish(),
});

/** @throws Failure naming the file that is missing or wrong. */
export function makeTokenizer(files: TokenizerFiles): SentenceTokenizer {
  const config = parseJsonObject(files.tokenizerConfig ?? '{}', 'tokenizer_config.json');
  const raw = tokenizerJsonOf(files);
  const parsed = tokenizerJsonSchema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Failure(`tokenizer.json is not a tokenizer: ${issue?.path.join('.')}: ${issue?.message}.`);
  }
  return wrap(startLibrary(raw, config), parsed.data);
}

function startLibrary(raw: object, config: object): Tokenizer {
  try {
    return new Tokenizer(raw, config);
  } catch (error) {
    throw new Failure(`tokenizer.json has an unsupported kind of tokenizer (${messageOf(error)}).`);
  }
}

function wrap(library: Tokenizer, parsed: z.infer<typeof tokenizerJsonSchema>): SentenceTokenizer {
  const special = specialTokens(library, parsed.model.unk_token ?? undefined);
  const byteLevel = parsed.model.type === 'BPE';
  const lowerCase = !byteLevel && parsed.normalizer != null && parsed.normalizer.lowercase !== false;
  const vocabulary = library.get_vocab(true);
  let vocabularySize = 0;
  for (const id of vocabulary.values()) vocabularySize = Math.max(vocabularySize, id + 1);

  const words = (text: string) => library.encode(text, { add_special_tokens: false });
  const promptOf = ({ before, after }: (typeof PROMPT_WORDS)[number]): PromptTemplate => {
    return { before: words(before).ids, after: [...words(after).ids, special.mask] };
  };

  const token = (id: number) => library.id_to_token(id) ?? '';

  function encode(sentence: string, maxLength: number): Encoding {
    const { ids, tokens } = words(sentence);
    const kept = Math.max(0, maxLength - 2);
    const pieces = tokens.slice(0, kept);
    const offsets = byteLevel
      ? byteLevelOffsets(sentence, pieces)
      : wordPieceOffsets(sentence, pieces, special.unknown, lowerCase);
    return {
      ids: [special.cls, ...ids.slice(0, kept), special.sep],
      tokens: [token(special.cls), ...pieces, token(special.sep)],
      offsets: [[0, 0], ...offsets, [0, 0]],
      truncated: ids.length > kept,
    };
  }

  return {
    vocabularySize,
    special,
    prompts: [promptOf(PROMPT_WORDS[0]), promptOf(PROMPT_WORDS[1])],
    encode,
    ids(sentence, maxLength, prompt) {
      const kept = words(sentence).ids.slice(0, Math.max(0, maxLength - 2));
      const ids = [special.cls, ...kept, special.sep];
      return prompt ? withPrompt(ids, prompt) : ids;
    },
    token,
    pad: (rows) => padRows(rows, special.pad),
  };
}

function specialTokens(library: Tokenizer, unknown: string | undefined): SpecialTokens {
  const find = (role: string, ...names: string[]) => {
    for (const name of names) {
      const id = library.token_to_id(name);
      if (id !== undefined) return id;
    }
    throw new Failure(`The vocabulary has no ${role} token (looked for ${names.join(', ')}).`);
  };
  return {
    cls: find('class', '[CLS]', '<s>'),
    sep: find('separator', '[SEP]', '</s>'),
    pad: find('padding', '[PAD]', '<pad>'),
    mask: find('mask', '[MASK]', '<mask>'),
    unknown: unknown ?? (library.token_to_id('[UNK]') !== undefined ? '[UNK]' : '<unk>'),
  };
}
