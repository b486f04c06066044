// The files of a trained model: a folder that transformers, sentence-transformers and our own reader load and use in the
// way in which it was evaluated.
import {
  insertedPrompt,
  insertingPrompt,
  lowerCasing,
  parseJsonObject,
  tokenizerJsonOf,
  type Json,
} from '../tokenizer/tokenizerJson.ts';
import type { LoadedModel } from './folder.ts';
import { evaluatedLength, evaluationPrompt } from './inputLength.ts';
import type { Pooling } from './pooling.ts';
import { writeSafetensors, type TensorMap } from './safetensors.ts';
import { statedFiles } from './sentenceTransformers.ts';

/** A model folder in Hugging Face layout. With mask pooling, its tokenizer inserts the prompt. */
export function modelFiles(
  model: LoadedModel,
  tensors: TensorMap,
  pooling: Pooling,
): Map<string, Uint8Array> {
  const { config, tokenizer } = model;
  const maxLength = evaluatedLength(model, pooling) + evaluationPrompt(model, pooling);
  const architecture = config.type === 'bert' ? 'BertModel' : 'RobertaModel';
  const contents = new Map<string, unknown>([
    ['config.json', { ...config.raw, architectures: [architecture], torch_dtype: 'float32' }],
    ...tokenizerContents(model, pooling, maxLength),
    ...statedFiles(pooling, { hidden: config.hidden, maxLength, mask: tokenizer.special.mask }),
  ]);
  const files = new Map(model.tokenizerFiles);
  for (const [file, content] of contents) {
    const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
    files.set(file, new TextEncoder().encode(text));
  }
  return files.set('model.safetensors', writeSafetensors(tensors));
}

/** tokenizer.json, if it changes, and tokenizer_config.json. */
function tokenizerContents(model: LoadedModel, pooling: Pooling, maxLength: number): [string, Json][] {
  const { tokenizer, tokenizerFiles } = model;
  const text = (file: string) => {
    const bytes = tokenizerFiles.get(file);
    return bytes && new TextDecoder().decode(bytes);
  };
  const [given, config] = [text('tokenizer.json'), text('tokenizer_config.json')];
  const read = tokenizerJsonOf({
    tokenizerJson: given,
    tokenizerConfig: config,
    vocabTxt: text('vocab.txt'),
  });
  const prompt = pooling === 'mask' ? tokenizer.prompts[0] : { before: [], after: [] };
  const insertsOther = pooling === 'mask' || insertedPrompt(read) !== undefined;
  const json = insertsOther
    ? insertingPrompt(read, prompt, tokenizer.special, (id) => tokenizer.token(id))
    : read;
  const isSame = given !== undefined && JSON.stringify(JSON.parse(given)) === JSON.stringify(json);
  const stated = parseJsonObject(config ?? '{}', 'tokenizer_config.json');
  return [
    ...(isSame ? [] : [['tokenizer.json', json] as [string, Json]]),
    ['tokenizer_config.json', { ...tokenizerConfig(model, stated, json), model_max_length: maxLength }],
  ];
}

/**
 * transformers builds a BertTokenizer anew from its vocabulary and `do_lower_case`: what it cannot build so (a prompt,
 * another normaliser) needs the class that reads all of tokenizer.json, and that needs the names of the special tokens.
 */
function tokenizerConfig({ config, tokenizer }: LoadedModel, given: Json, json: Json): Json {
  const lowerCase = lowerCasing(json);
  const isPlain = insertedPrompt(json) === undefined;
  if (isPlain && config.type === 'roberta') return { tokenizer_class: 'RobertaTokenizer', ...given };
  if (isPlain && lowerCase !== undefined)
    return { tokenizer_class: 'BertTokenizer', ...given, do_lower_case: lowerCase };
  const { do_lower_case: _, ...others } = given;
  const { special } = tokenizer;
  const token = (id: number) => tokenizer.token(id);
  return {
    ...{ cls_token: token(special.cls), sep_token: token(special.sep), pad_token: token(special.pad) },
    ...{ mask_token: token(special.mask), unk_token: special.unknown },
    ...others,
    tokenizer_class: 'PreTrainedTokenizerFast',
  };
}
