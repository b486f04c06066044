// A folder in Hugging Face layout is the door by which every model comes in. What is in it decides, and what is wrong in
// it is named.
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/encoder/folder.ts';
import { statedPooling } from '../../src/encoder/pooling.ts';
import { writeSafetensors, type TensorMap } from '../../src/encoder/safetensors.ts';
import { wrapVocabulary } from '../../src/tokenizer/tokenizerJson.ts';
import { Failure, messageOf } from '../../src/util/failure.ts';
import { bytesOf, folder, pocket, smallConfig, smallJson, smallTensors, WORDS, type Files } from './small.ts';

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

/** The tokenizer.json of the vocabulary, with changes. */
function tokenizerJson(changes: object): object {
  return { ...wrapVocabulary(WORDS.join('\n'), true), ...changes };
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
    ['cls in the way of version 6', { embedding_dimension: 16, pooling_mode: 'cls' }, 'cls'],
    ['another one', { pooling_mode_max_tokens: true }, 'max'],
    ['two at once', { pooling_mode: ['cls', 'mean'] }, 'cls and mean'],
    ['nothing', { pooling_mode_cls_token: 'yes' }, undefined],
  ])('reads a 1_Pooling that states %s', async (_, stated, pooling) => {
    expect((await load(small({ '1_Pooling/config.json': stated }))).pooling).toBe(pooling);
  });

  it.each([
    [undefined, 'cls'],
    ['mean', 'mean'],
  ])('a stated pooling of %s means %s', (pooling, used) => {
    expect(statedPooling({ name: 'm', pooling })).toBe(used);
  });

  it('a stated pooling that is not supported is not replaced in silence', () => {
    expect(() => statedPooling({ name: 'm', pooling: 'max' })).toThrow(/Model m states the pooling "max"/);
  });

  const config = 'tokenizer_config.json';
  const sentenceBert = 'sentence_bert_config.json';
  it.each([
    ['nothing', {}, undefined],
    ['the tokenizer', { [config]: { model_max_length: 12 } }, 12],
    ['a tokenizer without a maximum', { [config]: { model_max_length: 1e30 } }, undefined],
    ['sentence-transformers', { [sentenceBert]: { max_seq_length: 9 } }, 9],
    [
      'sentence-transformers against the tokenizer',
      { [sentenceBert]: { max_seq_length: 9 }, [config]: { model_max_length: 12 } },
      9,
    ],
    [
      'sentence-transformers without a maximum',
      { [sentenceBert]: { max_seq_length: null }, [config]: { model_max_length: 12 } },
      12,
    ],
  ])('takes the maximum length of %s', async (_, stated, maximum) => {
    expect((await load(small(stated))).maxLength).toBe(maximum);
  });

  // What transformers 5 and sentence-transformers 6 make of the same files. Ids: 5 is "This", 6 "this".
  const cased = { normalizer: { type: 'BertNormalizer', lowercase: false } };
  it.each([
    ['a bare vocabulary', {}, 6],
    ['a bare cased vocabulary', { [config]: { do_lower_case: false } }, 5],
    ['a cased tokenizer.json', { 'tokenizer.json': tokenizerJson(cased) }, 5],
    [
      'a BertTokenizer whose configuration says otherwise',
      {
        'tokenizer.json': tokenizerJson(cased),
        [config]: { tokenizer_class: 'BertTokenizer', do_lower_case: true },
      },
      6,
    ],
    [
      'a class that reads tokenizer.json alone',
      {
        'tokenizer.json': tokenizerJson(cased),
        [config]: { tokenizer_class: 'PreTrainedTokenizerFast', do_lower_case: true },
      },
      5,
    ],
    [
      'a text that sentence-transformers lower-cases',
      { 'tokenizer.json': tokenizerJson(cased), [sentenceBert]: { do_lower_case: true } },
      6,
    ],
  ])('reads the case of %s', async (_, files, id) => {
    expect((await load(small(files))).tokenizer.ids('This', 32)[1]).toBe(id);
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
    [
      'a broken sentence_bert_config',
      { 'sentence_bert_config.json': { max_seq_length: 2 } },
      /sentence_bert_config\.json is malformed \(max_seq_length must be at least 4/,
    ],
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
