// What we write must come back as it was, and be used as it was: by our own reader, and by those of Hugging Face, for
// whom the prompt of mask pooling is in the tokenizer. (tests/golden/make/sentence_transformers.py asks the Python ones.)
import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { loadModel, type LoadedModel } from '../../src/encoder/folder.ts';
import { evaluatedLength } from '../../src/encoder/inputLength.ts';
import { modelFiles } from '../../src/encoder/modelFiles.ts';
import { POOLINGS, statedPooling } from '../../src/encoder/pooling.ts';
import { readSafetensors, writeSafetensors, type TensorMap } from '../../src/encoder/safetensors.ts';
import { expectSameBits } from '../kernels/numbers.ts';
import { byteLevelJson, TOKENS } from '../tokenizer/byteLevel.ts';
import {
  bytesOf,
  folder,
  jsonIn,
  pocket,
  smallConfig,
  smallJson,
  smallTensors,
  WORDS,
  type Files,
} from './small.ts';

const WEIGHTS = 'model.safetensors';
const tensors = smallTensors(smallConfig());
const SENTENCE = 'A man plays a guitar to the people who are sitting in the park near the river. '.repeat(5);

function small(changes: Record<string, unknown> = {}): Files {
  const files: Files = new Map([
    ['config.json', bytesOf(smallJson())],
    [WEIGHTS, writeSafetensors(tensors)],
    ['vocab.txt', bytesOf(`${WORDS.join('\n')}\n`)],
  ]);
  for (const [file, value] of Object.entries(changes)) files.set(file, bytesOf(value));
  return files;
}

const load = (files: Files) => loadModel(folder(files));

/** The ids that an evaluated sentence has with the pooling of its folder. */
function evaluatedIds(model: LoadedModel, sentence: string): number[] {
  const pooling = statedPooling(model);
  const prompt = pooling === 'mask' ? model.tokenizer.prompts[0] : undefined;
  return model.tokenizer.ids(sentence, evaluatedLength(model, pooling), prompt);
}

/** The ids that a reader of Hugging Face's files has, which cuts the sentence so that everything fits. */
function idsForOthers(files: Files, sentence: string): number[] {
  const maximum = jsonIn(files, 'sentence_bert_config.json').max_seq_length as number;
  const library = new Tokenizer(jsonIn(files, 'tokenizer.json'), jsonIn(files, 'tokenizer_config.json'));
  const added = library.encode('').ids.length;
  const words = library.encode(sentence, { add_special_tokens: false }).tokens.slice(0, maximum - added);
  // Cut before the prompt is added, so that the library adds it to what is left.
  const text = library.encode(words.join(' ').replaceAll(' ##', ''));
  return text.ids;
}

describe('modelFiles', () => {
  it('gives back the pocket model bit by bit', async () => {
    const model = await load(pocket());
    const again = await load(modelFiles(model, model.tensors, 'cls'));
    expect([...again.tensors.keys()]).toEqual([...model.tensors.keys()]);
    for (const [name, { data }] of model.tensors) expectSameBits(again.tensors.get(name)!.data, data);
    expect(again.config).toEqual({ ...model.config, raw: again.config.raw });
    expect(again.config.raw).toEqual({ ...model.config.raw, torch_dtype: 'float32' });
    const text = (files: Files) => new TextDecoder().decode(files.get('tokenizer.json'));
    expect(text(again.tokenizerFiles)).toBe(text(model.tokenizerFiles));
  });

  it('writes the tensors it is given, not those that were loaded', async () => {
    const model = await load(small());
    const trained: TensorMap = new Map(
      [...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.map((value) => value + 1) }]),
    );
    expect((await load(modelFiles(model, trained, 'cls'))).tensors).toEqual(trained);
  });

  it('names the architecture for transformers, and says what the weights are', async () => {
    const roberta = small({
      'config.json': smallJson({ model_type: 'roberta', architectures: ['RobertaForMaskedLM'], extra: 7 }),
    });
    const files = modelFiles(await load(roberta), tensors, 'cls');
    expect(jsonIn(files, 'config.json')).toMatchObject({
      architectures: ['RobertaModel'],
      torch_dtype: 'float32',
      extra: 7,
    });
    expect(readSafetensors(files.get(WEIGHTS)!, WEIGHTS).metadata).toEqual({ format: 'pt' });
    const bert = modelFiles(await load(small()), tensors, 'cls');
    expect(jsonIn(bert, 'config.json').architectures).toEqual(['BertModel']);
  });
});

describe.each(POOLINGS)('a folder with %s pooling', (pooling) => {
  it('states its pooling and the maximum length of evaluation, and is read as it was evaluated', async () => {
    const model = await load(pocket());
    const files = modelFiles(model, model.tensors, pooling);
    const again = await load(files);
    expect(again.pooling).toBe(pooling);
    // 64 positions, all of which an input may use; the prompt takes 7 of them.
    expect(jsonIn(files, 'sentence_bert_config.json').max_seq_length).toBe(64);
    expect(evaluatedLength(again, pooling)).toBe(pooling === 'mask' ? 57 : 64);
    expect(evaluatedLength(again, pooling)).toBe(evaluatedLength(model, pooling));
    expect(evaluatedIds(again, SENTENCE)).toEqual(evaluatedIds({ ...model, pooling }, SENTENCE));
    expect(evaluatedIds(again, SENTENCE)).toHaveLength(64);
  });

  it.each(['A man plays.', SENTENCE])('gives others the same ids of %j', async (sentence) => {
    const model = await load(pocket());
    const files = modelFiles(model, model.tensors, pooling);
    expect(idsForOthers(files, sentence)).toEqual(evaluatedIds(await load(files), sentence));
  });

  it('hands on a maximum length that its own folder stated', async () => {
    const stated = small({ 'sentence_bert_config.json': { max_seq_length: 13 } });
    const files = modelFiles(await load(stated), tensors, pooling);
    expect(jsonIn(files, 'sentence_bert_config.json').max_seq_length).toBe(13);
    expect(jsonIn(files, 'tokenizer_config.json').model_max_length).toBe(13);
    expect((await load(files)).maxLength).toBe(13);
  });

  it('cuts at 512 tokens if the encoder has positions for more', async () => {
    const config = smallConfig({ max_position_embeddings: 600 });
    const long = small({ 'config.json': smallJson({ max_position_embeddings: 600 }) });
    long.set(WEIGHTS, writeSafetensors(smallTensors(config)));
    const files = modelFiles(await load(long), smallTensors(config), pooling);
    expect(jsonIn(files, 'sentence_bert_config.json').max_seq_length).toBe(512);
  });

  it.each([
    ['a lower-cased vocabulary', {}, 6],
    ['a cased vocabulary', { 'tokenizer_config.json': { do_lower_case: false } }, 5],
    [
      'a text that sentence-transformers lower-cases',
      {
        'tokenizer_config.json': { do_lower_case: false },
        'sentence_bert_config.json': { do_lower_case: true },
      },
      6,
    ],
  ])('keeps the case of %s', async (_, changes, id) => {
    const model = await load(small(changes));
    const files = modelFiles(model, tensors, pooling);
    for (const read of [model, await load(files)]) expect(read.tokenizer.ids('This', 32)[1]).toBe(id);
    const others = new Tokenizer(jsonIn(files, 'tokenizer.json'), jsonIn(files, 'tokenizer_config.json'));
    expect(others.encode('This', { add_special_tokens: false }).ids).toEqual([id]);
    // transformers builds a BertTokenizer from its vocabulary and this switch alone.
    const stated = jsonIn(files, 'tokenizer_config.json');
    if (stated.tokenizer_class === 'BertTokenizer') expect(stated.do_lower_case).toBe(id === 6);
    else expect(stated).not.toHaveProperty('do_lower_case');
  });

  it('can be trained on with any other pooling', async () => {
    const model = await load(pocket());
    const first = await load(modelFiles(model, model.tensors, pooling));
    for (const other of POOLINGS) {
      const files = modelFiles(first, first.tensors, other);
      const again = await load(files);
      expect(again.pooling).toBe(other);
      expect(evaluatedIds(again, SENTENCE)).toEqual(evaluatedIds({ ...model, pooling: other }, SENTENCE));
      expect(idsForOthers(files, SENTENCE)).toEqual(evaluatedIds(again, SENTENCE));
    }
  });
});

describe('a folder with cls or mean pooling', () => {
  it.each(['cls', 'mean'] as const)('is what sentence-transformers writes for %s', async (pooling) => {
    const files = modelFiles(await load(small()), tensors, pooling);
    const modules = jsonIn(files, 'modules.json') as unknown as { type: string; path: string }[];
    expect(modules.map(({ type, path }) => [type.split('.').at(-1), path])).toEqual([
      ['Transformer', ''],
      ['Pooling', '1_Pooling'],
    ]);
    expect(jsonIn(files, '1_Pooling/config.json')).toMatchObject({
      word_embedding_dimension: 16,
      pooling_mode_cls_token: pooling === 'cls',
      pooling_mode_mean_tokens: pooling === 'mean',
    });
    expect(jsonIn(files, 'sentence_bert_config.json')).toMatchObject({ max_seq_length: 20 });
  });
});

describe('a folder with mask pooling', () => {
  it('brings the module that sentence-transformers lacks, and a tokenizer that inserts the prompt', async () => {
    const model = await load(pocket());
    const files = modelFiles(model, model.tensors, 'mask');
    const modules = jsonIn(files, 'modules.json') as unknown as { type: string; path: string }[];
    expect(modules.map(({ type, path }) => [type, path])).toEqual([
      ['sentence_transformers.models.Transformer', ''],
      ['mask_pooling.MaskPooling', '1_MaskPooling'],
    ]);
    expect(new TextDecoder().decode(files.get('mask_pooling.py'))).toContain('class MaskPooling');
    expect(jsonIn(files, '1_MaskPooling/config.json')).toEqual({
      embedding_dimension: 128,
      mask_token_id: 4,
    });
    // A BertTokenizer would be built anew, without the prompt.
    expect(jsonIn(files, 'tokenizer_config.json')).toMatchObject({
      tokenizer_class: 'PreTrainedTokenizerFast',
      mask_token: '[MASK]',
    });
    const library = new Tokenizer(jsonIn(files, 'tokenizer.json'), {});
    expect(library.encode('a dog').tokens).toEqual([
      '[CLS]',
      'this',
      'sentence',
      ':',
      '"',
      'a',
      'dog',
      '"',
      'means',
      '[MASK]',
      '[SEP]',
    ]);
  });

  it('inserts the prompt with the tokens of RoBERTa too', async () => {
    const sizes = { model_type: 'roberta', vocab_size: TOKENS.length, max_position_embeddings: 100 };
    const weights = smallTensors(smallConfig(sizes));
    const files = small({ 'config.json': smallJson(sizes), 'tokenizer.json': byteLevelJson() });
    files.set(WEIGHTS, writeSafetensors(weights));
    files.delete('vocab.txt');
    const model = await load(files);
    const written = modelFiles(model, weights, 'mask');
    const [prompt] = model.tokenizer.prompts;
    expect(prompt.before.length).toBeGreaterThan(10);
    const library = new Tokenizer(jsonIn(written, 'tokenizer.json'), {});
    expect(library.encode('the cat sat').ids).toEqual(model.tokenizer.ids('the cat sat', 30, prompt));
    expect((await load(written)).pooling).toBe('mask');
  });

  it('is refused if its tokenizer inserts another prompt', async () => {
    const model = await load(pocket());
    const files = modelFiles(model, model.tensors, 'mask');
    const text = new TextDecoder().decode(files.get('tokenizer.json'));
    const other = text.replace(
      '"id": "means",\n          "type_id"',
      '"id": "sentence",\n          "type_id"',
    );
    expect(other).not.toBe(text);
    files.set('tokenizer.json', bytesOf(other));
    await expect(load(files)).rejects.toThrow(/test-model: its tokenizer\.json inserts another prompt/);
  });

  it('is refused if its maximum length leaves no room beside the prompt', async () => {
    const model = await load(small({ 'sentence_bert_config.json': { max_seq_length: 9 } }));
    expect(evaluatedLength(model, 'cls')).toBe(9);
    expect(() => evaluatedLength(model, 'mask')).toThrow(/at most 9 tokens, which leaves no room/);
  });
});
