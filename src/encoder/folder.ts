// Reads model folders in Hugging Face layout: config.json, tokenizer.json or vocab.txt, safetensors (a single file or
// sharded), and what sentence-transformers states. Works on bytes that the host supplies.
import { z } from 'zod';
import { makeTokenizer, type SentenceTokenizer } from '../tokenizer/tokenizer.ts';
import {
  insertedPrompt,
  tokenizerJsonOf,
  type Json,
  type TokenizerFiles,
} from '../tokenizer/tokenizerJson.ts';
import { Failure, messageOf } from '../util/failure.ts';
import { parseEncoderConfig, type EncoderConfig } from './config.ts';
import { subfolder, type FolderReader } from './folderReader.ts';
import { matchParameters } from './parameters.ts';
import { readSafetensors, type TensorMap } from './safetensors.ts';
import { readModules, readPooling, readStatedInput } from './sentenceTransformers.ts';

export interface LoadedModel {
  name: string;
  config: EncoderConfig;
  tensors: TensorMap;
  tokenizer: SentenceTokenizer;
  /** The folder's own pooling, if it states one; maybe one that is not supported (statedPooling()). */
  pooling: string | undefined;
  /** The folder's own maximum input length in tokens, special tokens and prompt included, if it states one. */
  maxLength: number | undefined;
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
  const folder = subfolder(root, modules.transformer);
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
    const tokenizerConfig = optionalText(tokenizerFiles.get('tokenizer_config.json'));
    const stated = await readStatedInput(folder, tokenizerConfig);
    const source: TokenizerFiles = {
      tokenizerJson: optionalText(tokenizerFiles.get('tokenizer.json')),
      tokenizerConfig,
      vocabTxt: optionalText(tokenizerFiles.get('vocab.txt')),
      lowerCase: stated.lowerCase,
    };
    const tokenizer = makeTokenizer(source);
    const tokenizerJson = tokenizerJsonOf(source);
    if (modules.isMask) checkPrompt(tokenizerJson, tokenizer);
    if (stated.lowerCase) tokenizerFiles.set('tokenizer.json', bytesOf(tokenizerJson));
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
      pooling: await readPooling(root, modules),
      maxLength: stated.maxLength,
      tokenizerFiles,
    };
  } catch (error) {
    throw new Failure(`Model ${folder.name}: ${messageOf(error)}`, { cause: error });
  }
}

/** A folder with mask pooling inserts its prompt by tokenizer.json; ours is inserted by the caller. */
function checkPrompt(tokenizerJson: Json, { prompts: [prompt] }: SentenceTokenizer): void {
  const inserted = insertedPrompt(tokenizerJson) ?? prompt;
  if (JSON.stringify([inserted.before, inserted.after]) !== JSON.stringify([prompt.before, prompt.after]))
    throw new Failure('its tokenizer.json inserts another prompt than mask pooling does here.');
}

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
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
