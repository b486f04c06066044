// What a folder of sentence-transformers states about its use: modules.json (where encoder and pooling are), the pooling,
// and sentence_bert_config.json (maximum length and case). A plain transformers folder states at most a maximum length.
import { z } from 'zod';
import { parseJsonObject } from '../tokenizer/tokenizerJson.ts';
import { Failure, messageOf } from '../util/failure.ts';
import type { FolderReader } from './folderReader.ts';
import { MASK_POOLING_FILE, MASK_POOLING_PY, MASK_POOLING_TYPE } from './maskPooling.ts';
import type { Pooling } from './pooling.ts';

export interface Modules {
  /** Subfolder of the encoder. */
  transformer: string;
  /** Subfolder of the pooling. */
  pooling: string;
  /** Is the pooling our own module for sentence-transformers? */
  isMask: boolean;
}

const modulesSchema = z.array(
  z.looseObject({ type: z.string(), path: z.string().regex(/^[\w-]*$/, 'is not a folder name') }),
);

/** Subfolders of encoder and pooling; a plain transformers folder has no modules.json. */
export async function readModules(folder: FolderReader): Promise<Modules> {
  const bytes = await folder.read('modules.json');
  if (!bytes) return { transformer: '', pooling: '1_Pooling', isMask: false };
  const parsed = modulesSchema.safeParse(parseJson(bytes, 'modules.json'));
  if (!parsed.success) {
    throw new Failure(
      `Model ${folder.name}: modules.json is malformed (${parsed.error.issues[0]?.message}).`,
    );
  }
  const find = (kind: RegExp) => parsed.data.find(({ type }) => kind.test(type));
  const mask = find(/(^|\.)MaskPooling$/);
  return {
    transformer: find(/\.Transformer$/)?.path ?? '',
    pooling: (mask ?? find(/\.Pooling$/))?.path ?? '1_Pooling',
    isMask: mask !== undefined,
  };
}

function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new Failure(`${file} is not JSON (${messageOf(error)}).`);
  }
}

/** The mode, or the modes to join, since version 6; before, a switch for each. */
const poolingSchema = z.looseObject({
  pooling_mode: z.union([z.string(), z.array(z.string())]).optional(),
});
const SWITCHES: Record<string, string> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_max_tokens: 'max',
  pooling_mode_mean_sqrt_len_tokens: 'mean_sqrt_len_tokens',
  pooling_mode_weightedmean_tokens: 'weightedmean',
  pooling_mode_lasttoken: 'lasttoken',
};

/**
 * The pooling that a folder states: a Pooling, or the name of another one, which is not supported; undefined if it
 * states none. @throws Failure naming the file
 */
export async function readPooling(root: FolderReader, modules: Modules): Promise<string | undefined> {
  if (modules.isMask) return 'mask';
  const file = `${modules.pooling}/config.json`;
  const bytes = await root.read(file);
  if (!bytes) return undefined;
  const parsed = poolingSchema.safeParse(parseJson(bytes, file));
  if (!parsed.success) throw new Failure(`${file} is malformed (${parsed.error.issues[0]?.message}).`);
  const { pooling_mode: mode } = parsed.data;
  const modes = mode === undefined ? switchedOn(parsed.data) : [mode].flat();
  return modes.length === 0 ? undefined : modes.join(' and ');
}

function switchedOn(config: Record<string, unknown>): string[] {
  return Object.keys(SWITCHES)
    .filter((name) => config[name] === true)
    .map((name) => SWITCHES[name]!);
}

export interface StatedInput {
  /** Maximum length in tokens, special tokens and prompt included. */
  maxLength: number | undefined;
  /** Is the text lower-cased in addition to what the tokenizer does? */
  lowerCase: boolean;
}

const CONFIGS = ['sentence_bert_config.json', 'sentence_roberta_config.json'];
const inputSchema = z.looseObject({
  max_seq_length: z.int().min(4, 'max_seq_length must be at least 4').nullish(),
  do_lower_case: z.boolean().nullish(),
});

/** transformers writes 1e30 if a tokenizer has no maximum. */
const NO_MAXIMUM = 1e6;

/**
 * @param folder that of the encoder
 * @param tokenizerConfig content of tokenizer_config.json, whose maximum holds if sentence-transformers states none
 * @throws Failure naming the file
 */
export async function readStatedInput(
  folder: FolderReader,
  tokenizerConfig: string | undefined,
): Promise<StatedInput> {
  const own = parseJsonObject(tokenizerConfig ?? '{}', 'tokenizer_config.json').model_max_length;
  const tokenizerMaximum = typeof own === 'number' && own >= 4 && own < NO_MAXIMUM ? own : undefined;
  for (const file of CONFIGS) {
    const bytes = await folder.read(file);
    if (!bytes) continue;
    const parsed = inputSchema.safeParse(parseJson(bytes, file));
    if (!parsed.success) throw new Failure(`${file} is malformed (${parsed.error.issues[0]?.message}).`);
    const { max_seq_length: maximum, do_lower_case: lowerCase } = parsed.data;
    return { maxLength: maximum ?? tokenizerMaximum, lowerCase: lowerCase ?? false };
  }
  return { maxLength: tokenizerMaximum, lowerCase: false };
}

/**
 * The files that sentence-transformers reads in addition to those of transformers; the values are JSON, but for code.
 * @param maxLength in tokens, special tokens and prompt included
 */
export function statedFiles(
  pooling: Pooling,
  { hidden, maxLength, mask }: { hidden: number; maxLength: number; mask: number },
): Map<string, unknown> {
  const isMask = pooling === 'mask';
  const path = isMask ? '1_MaskPooling' : '1_Pooling';
  return new Map<string, unknown>([
    [
      'modules.json',
      [
        { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
        {
          idx: 1,
          name: '1',
          path,
          type: isMask ? MASK_POOLING_TYPE : 'sentence_transformers.models.Pooling',
        },
      ],
    ],
    ['sentence_bert_config.json', { max_seq_length: maxLength, do_lower_case: false }],
    [
      `${path}/config.json`,
      isMask
        ? { embedding_dimension: hidden, mask_token_id: mask }
        : {
            word_embedding_dimension: hidden,
            pooling_mode_cls_token: pooling === 'cls',
            pooling_mode_mean_tokens: pooling === 'mean',
            pooling_mode_max_tokens: false,
            pooling_mode_mean_sqrt_len_tokens: false,
          },
    ],
    ...(isMask ? ([[MASK_POOLING_FILE, MASK_POOLING_PY]] as const) : []),
  ]);
}
