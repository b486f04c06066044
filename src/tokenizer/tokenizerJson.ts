// Reads and changes the content of a tokenizer.json: which case it has, and whether it inserts a prompt.
import { z } from 'zod';
import { Failure, messageOf } from '../util/failure.ts';
import type { PromptTemplate } from './template.ts';

/** The files of a model folder that define its tokenizer. */
export interface TokenizerFiles {
  tokenizerJson?: string | undefined;
  tokenizerConfig?: string | undefined;
  vocabTxt?: string | undefined;
  /** Does sentence-transformers lower-case the text in addition (sentence_bert_config.json)? */
  lowerCase?: boolean | undefined;
}

export type Json = Record<string, unknown>;

/** @throws Failure naming the file */
export function parseJsonObject(text: string, file: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Failure(`${file} is not JSON (${messageOf(error)}).`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Failure(`${file} is not a JSON object.`);
  return value as Json;
}

/**
 * The tokenizer.json of a folder, with the case that its other files state: transformers lets `do_lower_case` of
 * tokenizer_config.json decide for a BertTokenizer, and sentence-transformers can lower-case the text in addition.
 * @throws Failure naming the file that is missing or wrong
 */
export function tokenizerJsonOf(files: TokenizerFiles): Json {
  const config = parseJsonObject(files.tokenizerConfig ?? '{}', 'tokenizer_config.json');
  const stated = typeof config.do_lower_case === 'boolean' ? config.do_lower_case : undefined;
  let json = readJson(files, stated ?? true);
  if (stated !== undefined && isBertTokenizer(config) && lowerCasing(json) !== undefined)
    json = { ...json, normalizer: { ...(json.normalizer as Json), lowercase: stated } };
  return files.lowerCase && lowerCasing(json) !== true ? lowerCased(json) : json;
}

function readJson({ tokenizerJson, vocabTxt }: TokenizerFiles, lowerCase: boolean): Json {
  if (tokenizerJson !== undefined) return parseJsonObject(tokenizerJson, 'tokenizer.json');
  if (vocabTxt !== undefined) return wrapVocabulary(vocabTxt, lowerCase);
  throw new Failure('The model folder has neither tokenizer.json nor vocab.txt.');
}

/** Is the tokenizer class one that transformers builds anew from the vocabulary and `do_lower_case`? */
function isBertTokenizer({ tokenizer_class: name }: Json): boolean {
  return name === undefined || name === 'BertTokenizer' || name === 'BertTokenizerFast';
}

/** Does BERT's normaliser lower-case? undefined if the tokenizer has another normaliser. */
export function lowerCasing(json: Json): boolean | undefined {
  const parsed = z
    .object({ type: z.literal('BertNormalizer'), lowercase: z.boolean().default(true) })
    .safeParse(json.normalizer);
  return parsed.success ? parsed.data.lowercase : undefined;
}

/** Lower-cases before the normaliser, as sentence-transformers does. */
function lowerCased(json: Json): Json {
  const lower = { type: 'Lowercase' };
  const { normalizer } = json;
  return { ...json, normalizer: normalizer ? { type: 'Sequence', normalizers: [lower, normalizer] } : lower };
}

const templateSchema = z.object({
  type: z.literal('TemplateProcessing'),
  single: z.array(
    z.union([
      z.object({ SpecialToken: z.object({ id: z.string() }) }),
      z.object({ Sequence: z.object({ id: z.string() }) }),
    ]),
  ),
  special_tokens: z.record(z.string(), z.object({ ids: z.array(z.int()) })),
});

/**
 * The token ids that the tokenizer puts between [CLS] and the sentence, and between the sentence and [SEP]; undefined if
 * there are none.
 */
export function insertedPrompt({ post_processor: processor }: Json): PromptTemplate | undefined {
  const parsed = templateSchema.safeParse(processor);
  if (!parsed.success) return undefined;
  const { single, special_tokens: special } = parsed.data;
  const at = single.findIndex((item) => 'Sequence' in item);
  if (at < 0) return undefined;
  const ids = (items: typeof single) =>
    items.flatMap((item) => ('SpecialToken' in item ? (special[item.SpecialToken.id]?.ids ?? []) : []));
  const [before, after] = [ids(single.slice(0, at)).slice(1), ids(single.slice(at + 1)).slice(0, -1)];
  return before.length + after.length > 0 ? { before, after } : undefined;
}

/**
 * Makes a tokenizer.json insert a prompt after truncation, or none. Each token of the prompt is an entry of its own,
 * because transformers.js takes the name of an entry as its token.
 * @param ids of [CLS] and [SEP]
 * @param token the token of an id
 */
export function insertingPrompt(
  json: Json,
  { before, after }: PromptTemplate,
  { cls, sep }: { cls: number; sep: number },
  token: (id: number) => string,
): Json {
  const entry = (id: number) => ({ SpecialToken: { id: token(id), type_id: 0 } });
  const sentence = (id: 'A' | 'B') => ({ Sequence: { id, type_id: 0 } });
  const used = [...new Set([cls, ...before, ...after, sep])];
  return {
    ...json,
    post_processor: {
      type: 'TemplateProcessing',
      single: [...[cls, ...before].map(entry), sentence('A'), ...[...after, sep].map(entry)],
      pair: [entry(cls), sentence('A'), entry(sep), sentence('B'), entry(sep)],
      special_tokens: Object.fromEntries(
        used.map((id) => [token(id), { id: token(id), ids: [id], tokens: [token(id)] }]),
      ),
    },
  };
}

/** The tokenizer.json of a BERT model whose vocabulary is a plain list, one token per line. */
export function wrapVocabulary(vocabTxt: string, lowerCase: boolean): Json {
  const lines = vocabTxt.replace(/\r?\n$/, '').split(/\r?\n/);
  const vocab = Object.fromEntries(lines.map((token, id) => [token, id]));
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
  const missing = special.find((token) => !Object.hasOwn(vocab, token));
  if (missing) throw new Failure(`vocab.txt has no line "${missing}": it is not a BERT vocabulary.`);
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content) => ({
      id: vocab[content],
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: lowerCase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [vocab['[CLS]']], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [vocab['[SEP]']], tokens: ['[SEP]'] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}
