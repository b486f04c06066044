// Reads and writes model folders in Hugging Face layout: config.json, tokenizer.json or vocab.txt, safetensors (a
// single file or sharded), and sentence-transformers' modules.json with its pooling. Works on bytes that the host
// supplies.
import { z } from 'zod';
import { makeTokenizer, wrapVocabulary, type SentenceTokenizer } from '../tokenizer/tokenizer.ts';
import { Failure, messageOf } from '../util/failure.ts';
import { longestInput, parseEncoderConfig, type EncoderConfig } from './config.ts';
import { matchParameters } from './parameters.ts';
import type { Pooling } from './pooling.ts';
import { readSafetensors, writeSafetensors, type TensorMap } from './safetensors.ts';

/** Reads the files of a folder (a directory, a URL or a zip). */
export interface FolderReader {
  /** The name shown in messages. */
  name: string;
  /** The bytes of a file, or undefined if it does not exist. */
  read(file: string): Promise<Uint8Array | undefined>;
}

export interface LoadedModel {
  name: string;
  config: EncoderConfig;
  tensors: TensorMap;
  tokenizer: SentenceTokenizer;
  /** The folder's own pooling, if it states one (sentence-transformers). */
  pooling: Pooling | undefined;
  /** Tokenizer files, kept so that they can be saved with the trained model. */
  tokenizerFiles: Map<string, Uint8Array>;
}

const TOKENIZER_FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
  'special_tokens_map.json',
];
const WEIGHTS = 'model.safetensors';

/** @throws Failure that says which file is missing or what is wrong with it */
export async function loadModel(root: FolderReader): Promise<LoadedModel> {
  const modules = await readModules(root);
  const folder = inside(root, modules.transformer);
  const configBytes = await folder.read('config.json');
  if (!configBytes) throw new Failure(`${folder.name} is not a model folder: it has no config.json.`);
  try {
    const config = parseEncoderConfig(textOf(configBytes));
    const tensors = matchParameters(config, await readWeights(folder));
    const tokenizerFiles = new Map<string, Uint8Array>();
    for (const file of TOKENIZER_FILES) {
      const bytes = await folder.read(file);
      if (bytes) tokenizerFiles.set(file, bytes);
    }
    const tokenizer = makeTokenizer({
      tokenizerJson: optionalText(tokenizerFiles.get('tokenizer.json')),
      tokenizerConfig: optionalText(tokenizerFiles.get('tokenizer_config.json')),
      vocabTxt: optionalText(tokenizerFiles.get('vocab.txt')),
    });
    if (tokenizer.vocabularySize > config.vocabulary) {
      throw new Failure(
        `The vocabulary does not match the embeddings: the tokenizer has ids up to ${tokenizer.vocabularySize - 1}, the word embeddings ${config.vocabulary} rows.`,
      );
    }
    return {
      name: folder.name,
      config,
      tensors,
      tokenizer,
      pooling: await readPooling(root, `${modules.pooling}/config.json`),
      tokenizerFiles,
    };
  } catch (error) {
    throw new Failure(`Model ${folder.name}: ${messageOf(error)}`, { cause: error });
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function optionalText(bytes: Uint8Array | undefined): string | undefined {
  return bytes && textOf(bytes);
}

/** @throws Failure that names the file */
function jsonOf(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch (error) {
    throw new Failure(`${file} is not JSON (${messageOf(error)}).`);
  }
}

const INDEX = `${WEIGHTS}.index.json`;
const indexSchema = z.object({
  weight_map: z.record(
    z.string(),
    z.string().regex(/^[\w-][\w.-]*\.safetensors$/, 'a shard must be a .safetensors file of the folder'),
  ),
});

async function readWeights(folder: FolderReader): Promise<TensorMap> {
  const whole = await folder.read(WEIGHTS);
  if (whole) return readSafetensors(whole, WEIGHTS).tensors;
  const indexBytes = await folder.read(INDEX);
  if (!indexBytes) {
    const pickle = await folder.read('pytorch_model.bin');
    throw new Failure(
      pickle
        ? 'it has only pytorch_model.bin, and pickle files are not supported; convert it to model.safetensors.'
        : `it has no weights (${WEIGHTS}).`,
    );
  }
  const index = indexSchema.safeParse(jsonOf(indexBytes, INDEX));
  if (!index.success) throw new Failure(`${INDEX} is malformed (${index.error.issues[0]?.message}).`);
  const tensors: TensorMap = new Map();
  for (const shard of new Set(Object.values(index.data.weight_map))) {
    const bytes = await folder.read(shard);
    if (!bytes) throw new Failure(`the shard ${shard}, which ${INDEX} names, is missing.`);
    for (const [name, tensor] of readSafetensors(bytes, shard).tensors) tensors.set(name, tensor);
  }
  return tensors;
}

/** A reader for a subfolder. */
function inside(folder: FolderReader, path: string): FolderReader {
  return path === '' ? folder : { name: folder.name, read: (file) => folder.read(`${path}/${file}`) };
}

const modulesSchema = z.array(
  z.looseObject({ type: z.string(), path: z.string().regex(/^[\w-]*$/, 'is not a folder name') }),
);

/** Subfolders of encoder and pooling in sentence-transformers; a plain transformers folder has no modules.json. */
async function readModules(folder: FolderReader): Promise<{ transformer: string; pooling: string }> {
  const bytes = await folder.read('modules.json');
  if (!bytes) return { transformer: '', pooling: '1_Pooling' };
  const parsed = modulesSchema.safeParse(jsonOf(bytes, 'modules.json'));
  if (!parsed.success) {
    throw new Failure(
      `Model ${folder.name}: modules.json is malformed (${parsed.error.issues[0]?.message}).`,
    );
  }
  const pathOf = (kind: RegExp) => parsed.data.find(({ type }) => kind.test(type))?.path;
  return { transformer: pathOf(/\.Transformer$/) ?? '', pooling: pathOf(/\.Pooling$/) ?? '1_Pooling' };
}

const poolingSchema = z.looseObject({
  pooling_mode_cls_token: z.boolean().optional(),
  pooling_mode_mean_tokens: z.boolean().optional(),
});

async function readPooling(folder: FolderReader, file: string): Promise<Pooling | undefined> {
  const bytes = await folder.read(file);
  if (!bytes) return undefined;
  const parsed = poolingSchema.safeParse(jsonOf(bytes, file));
  if (!parsed.success) return undefined;
  if (parsed.data.pooling_mode_cls_token) return 'cls';
  return parsed.data.pooling_mode_mean_tokens ? 'mean' : undefined;
}

/**
 * The files of a trained model, which transformers and (for cls and mean pooling) sentence-transformers can load.
 * For mask pooling no modules.json is written, because sentence-transformers cannot express the prompt.
 */
export function modelFiles(
  model: LoadedModel,
  tensors: TensorMap,
  pooling: Pooling,
  maxLength: number,
): Map<string, Uint8Array> {
  const json = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  const files = new Map<string, Uint8Array>();
  const architecture = model.config.type === 'bert' ? 'BertModel' : 'RobertaModel';
  files.set(
    'config.json',
    json({ ...model.config.raw, architectures: [architecture], torch_dtype: 'float32' }),
  );
  files.set(WEIGHTS, writeSafetensors(tensors));
  for (const [file, bytes] of model.tokenizerFiles) files.set(file, bytes);
  const vocab = model.tokenizerFiles.get('vocab.txt');
  if (!files.has('tokenizer.json') && vocab)
    files.set('tokenizer.json', json(wrapVocabulary(textOf(vocab), lowerCases(model))));
  if (!files.has('tokenizer_config.json')) {
    files.set(
      'tokenizer_config.json',
      json({ tokenizer_class: model.config.type === 'bert' ? 'BertTokenizer' : 'RobertaTokenizer' }),
    );
  }
  if (pooling !== 'mask') addSentenceTransformers(files, json, model.config, pooling, maxLength);
  return files;
}

/** Does the tokenizer of a plain vocab.txt lower-case its input? The same rule as in makeTokenizer. */
function lowerCases({ tokenizerFiles }: LoadedModel): boolean {
  const config = tokenizerFiles.get('tokenizer_config.json');
  if (!config) return true;
  return (jsonOf(config, 'tokenizer_config.json') as { do_lower_case?: unknown }).do_lower_case !== false;
}

function addSentenceTransformers(
  files: Map<string, Uint8Array>,
  json: (value: unknown) => Uint8Array,
  config: EncoderConfig,
  pooling: 'cls' | 'mean',
  maxLength: number,
): void {
  files.set(
    'modules.json',
    json([
      { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
      { idx: 1, name: '1', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
    ]),
  );
  files.set(
    'sentence_bert_config.json',
    json({ max_seq_length: Math.min(maxLength, longestInput(config)), do_lower_case: false }),
  );
  files.set(
    '1_Pooling/config.json',
    json({
      word_embedding_dimension: config.hidden,
      pooling_mode_cls_token: pooling === 'cls',
      pooling_mode_mean_tokens: pooling === 'mean',
      pooling_mode_max_tokens: false,
      pooling_mode_mean_sqrt_len_tokens: false,
    }),
  );
}
