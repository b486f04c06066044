// A folder in Hugging Face layout is the door by which every model comes in and goes out. What is in it decides, what
// is wrong in it is named, and what we write must come back as it was.
import { describe, expect, it } from 'vitest';
import { loadModel, modelFiles } from '../../src/encoder/folder.ts';
import { readSafetensors, writeSafetensors, type TensorMap } from '../../src/encoder/safetensors.ts';
import { Failure, messageOf } from '../../src/util/failure.ts';
import { expectSameBits } from '../kernels/numbers.ts';
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
const INDEX = `${WEIGHTS}.index.json`;
const tensors = smallTensors(smallConfig());
const names = [...tensors.keys()];

/** A small model folder with some files changed, or left out (undefined). */
function small(changes: Record<string, unknown> = {}): Files {
  const files: Files = new Map([
    ['config.json', bytesOf(smallJson())],
    [WEIGHTS, writeSafetensors(tensors)],
    ['vocab.txt', bytesOf(`${WORDS.join('\n')}\n`)],
  ]);
  for (const [file, value] of Object.entries(changes)) {
    if (value === undefined) files.delete(file);
    else files.set(file, value instanceof Uint8Array ? value : bytesOf(value));
  }
  return files;
}

const load = (files: Files) => loadModel(folder(files));

async function refusal(changes: Record<string, unknown>): Promise<string> {
  const error: unknown = await load(small(changes)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Failure);
  expect(messageOf(error)).toContain('test-model');
  return messageOf(error);
}

/** The weights in two files, and the index that names them. */
function sharded(shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']) {
  const half = names.length >> 1;
  const part = (from: number, to?: number): TensorMap =>
    new Map(names.slice(from, to).map((name) => [name, tensors.get(name)!]));
  const weightMap = Object.fromEntries(names.map((name, i) => [name, shards[i < half ? 0 : 1]!]));
  return {
    [WEIGHTS]: undefined,
    [INDEX]: { metadata: { total_size: 1 }, weight_map: weightMap },
    [shards[0]!]: writeSafetensors(part(0, half)),
    [shards[1]!]: writeSafetensors(part(half)),
  };
}

describe('loadModel', () => {
  it('loads models/pocket', async () => {
    const model = await load(pocket());
    expect(model.config).toMatchObject({ type: 'bert', layers: 2, hidden: 128, vocabulary: 8192 });
    expect(model.tensors.get('embeddings.word_embeddings.weight')!.shape).toEqual([8192, 128]);
    expect(model.tokenizer.vocabularySize).toBe(8192);
    expect(model.tokenizer.ids('A man plays a guitar.', 32).length).toBeGreaterThan(5);
    expect(model.pooling).toBeUndefined();
    expect([...model.tokenizerFiles.keys()]).toEqual(['tokenizer.json', 'tokenizer_config.json']);
  });

  it('loads a folder with a bare vocabulary, and half precision', async () => {
    const model = await load(small({ [WEIGHTS]: writeSafetensors(tensors, { half: true }) }));
    const [ours, theirs] = [model.tensors.get(names[0]!)!.data, tensors.get(names[0]!)!.data];
    expect(Math.max(...ours.map((value, i) => Math.abs(value - theirs[i]!)))).toBeLessThan(1e-3);
    expect(model.tokenizer.ids('this sentence', 32)).toEqual([2, 6, 7, 3]);
  });

  it('loads shards', async () => {
    expect((await load(small(sharded()))).tensors).toEqual(tensors);
  });

  it.each([
    ['cls', { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }, 'cls'],
    ['mean', { pooling_mode_cls_token: false, pooling_mode_mean_tokens: true }, 'mean'],
    ['another one', { pooling_mode_max_tokens: true }, undefined],
    ['nothing', { pooling_mode_cls_token: 'yes' }, undefined],
  ])('honours 1_Pooling that states %s', async (_, stated, pooling) => {
    expect((await load(small({ '1_Pooling/config.json': stated }))).pooling).toBe(pooling);
  });

  it('finds encoder and pooling where modules.json says they are (the older sentence-transformers layout)', async () => {
    const plain = small();
    const files: Files = new Map([...plain].map(([file, bytes]) => [`0_Transformer/${file}`, bytes]));
    const module = (idx: number, path: string, type: string) => ({
      idx,
      name: `${idx}`,
      path,
      type: `sentence_transformers.models.${type}`,
    });
    files.set(
      'modules.json',
      bytesOf([module(0, '0_Transformer', 'Transformer'), module(1, '1_Mean', 'Pooling')]),
    );
    files.set('1_Mean/config.json', bytesOf({ pooling_mode_mean_tokens: true }));
    const model = await load(files);
    expect(model.pooling).toBe('mean');
    expect([...model.tensors.keys()]).toEqual([...(await load(plain)).tensors.keys()]);
  });

  it('refuses a modules.json that leads out of the folder', async () => {
    const escape = [
      { idx: 0, name: '0', path: '../secret', type: 'sentence_transformers.models.Transformer' },
    ];
    expect(await refusal({ 'modules.json': escape })).toMatch(
      /modules\.json is malformed \(is not a folder name\)/,
    );
  });
});

describe('loadModel refuses', () => {
  const shards = (name: string) => ({ ...sharded(), [INDEX]: { weight_map: { [names[0]!]: name } } });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['no config', { 'config.json': undefined }, /not a model folder: it has no config\.json/],
    ['a config that is not supported', { 'config.json': smallJson({ hidden_act: 'relu' }) }, /"hidden_act"/],
    ['no weights', { [WEIGHTS]: undefined }, /no weights \(model\.safetensors\)/],
    [
      'a pickle alone',
      { [WEIGHTS]: undefined, 'pytorch_model.bin': 'PK' },
      /pickle files are not supported; convert/,
    ],
    ['broken weights', { [WEIGHTS]: 'no weights' }, /model\.safetensors is not a valid safetensors file/],
    [
      'weights that do not fit',
      { 'config.json': smallJson({ intermediate_size: 32 }) },
      /do not fit.*intermediate\.dense\.weight has shape \[15, 16\].*\[32, 16\]/,
    ],
    ['no tokenizer', { 'vocab.txt': undefined }, /neither tokenizer\.json nor vocab\.txt/],
    ['a broken tokenizer', { 'tokenizer.json': '{' }, /tokenizer\.json is not JSON/],
    [
      'a vocabulary larger than the embeddings',
      { 'vocab.txt': [...WORDS, ...Array.from({ length: 31 }, (_, i) => `w${i}`)].join('\n') },
      /ids up to 40, the word embeddings 40 rows/,
    ],
    ['an index that is not JSON', { ...sharded(), [INDEX]: '{' }, /index\.json is not JSON/],
    ['an index without a map', { ...sharded(), [INDEX]: {} }, /index\.json is malformed/],
    [
      'a missing shard',
      { ...sharded(), 'model-00002-of-00002.safetensors': undefined },
      /model-00002-of-00002\.safetensors, which model\.safetensors\.index\.json names, is missing/,
    ],
    [
      'a shard outside the folder',
      shards('../secret.safetensors'),
      /must be a \.safetensors file of the fol/,
    ],
    ['a shard in a folder', shards('sub/model.safetensors'), /must be a \.safetensors file/],
    ['a shard by an absolute path', shards('/etc/model.safetensors'), /must be a \.safetensors file/],
    ['a shard by a Windows path', shards('..\\model.safetensors'), /must be a \.safetensors file/],
    ['the folder above as a shard', shards('..'), /must be a \.safetensors file/],
    ['a hidden file as a shard', shards('.env'), /must be a \.safetensors file/],
    ['a pickle as a shard', shards('pytorch_model-00001.bin'), /must be a \.safetensors file/],
    ['a broken 1_Pooling', { '1_Pooling/config.json': '{' }, /1_Pooling\/config\.json is not JSON/],
  ])('%s', async (_, changes, message) => {
    expect(await refusal(changes)).toMatch(message);
  });

  it('never asks for a file outside the folder', async () => {
    const asked: string[] = [];
    const files = small(shards('../../secret.safetensors'));
    const reader = { name: 'x', read: async (file: string) => (asked.push(file), files.get(file)) };
    await expect(loadModel(reader)).rejects.toThrow(Failure);
    expect(asked.filter((file) => file.includes('..'))).toEqual([]);
  });
});

describe('modelFiles', () => {
  it('gives back the pocket model bit by bit', async () => {
    const model = await load(pocket());
    const again = await load(modelFiles(model, model.tensors, 'cls', 32));
    expect([...again.tensors.keys()]).toEqual([...model.tensors.keys()]);
    for (const [name, { data }] of model.tensors) expectSameBits(again.tensors.get(name)!.data, data);
    expect(again.config).toEqual({ ...model.config, raw: again.config.raw });
    expect(again.config.raw).toEqual({ ...model.config.raw, torch_dtype: 'float32' });
    expect(again.tokenizer.ids('A man plays a guitar.', 32)).toEqual(
      model.tokenizer.ids('A man plays a guitar.', 32),
    );
    expect(again.pooling).toBe('cls');
  });

  it('writes the tensors it is given, not those that were loaded', async () => {
    const model = await load(small());
    const trained: TensorMap = new Map(
      [...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.map((value) => value + 1) }]),
    );
    expect((await load(modelFiles(model, trained, 'cls', 32))).tensors).toEqual(trained);
  });

  it.each(['cls', 'mean'] as const)(
    'with %s pooling can be opened by sentence-transformers',
    async (pooling) => {
      const files = modelFiles(await load(small()), tensors, pooling, 32);
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
      // 20 positions hold no 32 tokens.
      expect(jsonIn(files, 'sentence_bert_config.json')).toMatchObject({ max_seq_length: 20 });
      expect((await load(files)).pooling).toBe(pooling);
    },
  );

  it('with mask pooling writes nothing that sentence-transformers would misread', async () => {
    const files = modelFiles(await load(small()), tensors, 'mask', 32);
    expect([...files.keys()].sort()).toEqual(
      ['config.json', WEIGHTS, 'tokenizer.json', 'tokenizer_config.json', 'vocab.txt'].sort(),
    );
    expect((await load(files)).pooling).toBeUndefined();
  });

  it('names the architecture for transformers, and says what the weights are', async () => {
    const roberta = small({
      'config.json': smallJson({ model_type: 'roberta', architectures: ['RobertaForMaskedLM'], extra: 7 }),
    });
    const files = modelFiles(await load(roberta), tensors, 'cls', 32);
    expect(jsonIn(files, 'config.json')).toMatchObject({
      architectures: ['RobertaModel'],
      torch_dtype: 'float32',
      extra: 7,
    });
    expect(readSafetensors(files.get(WEIGHTS)!, WEIGHTS).metadata).toEqual({ format: 'pt' });
    const bert = modelFiles(await load(small()), tensors, 'cls', 32);
    expect(jsonIn(bert, 'config.json').architectures).toEqual(['BertModel']);
  });

  it.each([
    ['lower-cased', {}, 6],
    ['cased', { 'tokenizer_config.json': { do_lower_case: false } }, 5],
  ])('keeps a bare vocabulary %s', async (_, changes, id) => {
    const model = await load(small(changes));
    expect(model.tokenizer.ids('This', 32)[1]).toBe(id);
    const files = modelFiles(model, tensors, 'cls', 32);
    expect(files.has('tokenizer.json')).toBe(true);
    expect((await load(files)).tokenizer.ids('This', 32)[1]).toBe(id);
  });
});
