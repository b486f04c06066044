// A checkpoint is matched by names that differ between libraries and years. What does not fit is named: a weight that
// silently keeps its random start would be found only by weeks of poor results.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { initialHead, isHead } from '../../src/encoder/head.ts';
import {
  initialParameters,
  isEmbedding,
  matchParameters,
  parameterShapes,
  Parameters,
} from '../../src/encoder/parameters.ts';
import type { TensorMap } from '../../src/encoder/safetensors.ts';
import { Failure } from '../../src/util/failure.ts';
import { eachBackend } from '../support/backends.ts';
import { expectSameBits } from '../kernels/numbers.ts';
import { smallConfig, smallTensors } from './small.ts';

const config = smallConfig();
const tensors = smallTensors(config);

function renamed(rename: (name: string) => string): TensorMap {
  return new Map([...tensors].map(([name, tensor]) => [rename(name), tensor]));
}

function changed(change: (map: TensorMap) => void): TensorMap {
  const copy = new Map(tensors);
  change(copy);
  return copy;
}

describe('parameterShapes', () => {
  it('has the weights of bert-base, pooler left out', () => {
    const base = smallConfig({
      vocab_size: 30522,
      hidden_size: 768,
      num_hidden_layers: 12,
      num_attention_heads: 12,
      intermediate_size: 3072,
      max_position_embeddings: 512,
    });
    const shapes = [...parameterShapes(base).values()];
    expect(shapes.length).toBe(5 + 12 * 16);
    expect(shapes.reduce((total, shape) => total + shape.reduce((a, b) => a * b), 0)).toBe(108_891_648);
  });

  it('knows embeddings from the rest', () => {
    const names = [...parameterShapes(config).keys()];
    expect(names.filter(isEmbedding)).toEqual(names.slice(0, 5));
    expect(names.filter(isHead)).toEqual([]);
    expect([...initialHead(16, 1).keys()].filter((name) => isHead(name) && !isEmbedding(name)).length).toBe(
      2,
    );
  });
});

describe('matchParameters', () => {
  it.each([
    ['bare names', (name: string) => name],
    ['a bert. prefix', (name: string) => `bert.${name}`],
    ['a roberta. prefix', (name: string) => `roberta.${name}`],
    ['sentence-transformers’ prefix', (name: string) => `0.auto_model.${name}`],
    [
      'gamma and beta',
      (name: string) =>
        `bert.${name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta')}`,
    ],
  ])('reads %s', (_, rename) => {
    expect(matchParameters(config, renamed(rename))).toEqual(tensors);
  });

  it('gives forward order whatever the order of the file', () => {
    const backwards: TensorMap = new Map([...tensors].reverse());
    expect([...matchParameters(config, backwards).keys()]).toEqual([...parameterShapes(config).keys()]);
  });

  it('leaves out parts that we do not have', () => {
    const more = changed((map) => {
      for (const name of [
        'bert.pooler.dense.weight',
        'cls.predictions.bias',
        'lm_head.dense.weight',
        'embeddings.position_ids',
        'classifier.bias',
      ])
        map.set(name, { shape: [1], data: new Float32Array(1) });
    });
    expect(matchParameters(config, more)).toEqual(tensors);
  });

  const KEY = 'encoder.layer.1.output.dense.weight';
  it.each<[string, (map: TensorMap) => void, RegExp]>([
    [
      'a missing tensor',
      (map) => map.delete(KEY),
      /missing: encoder\.layer\.1\.output\.dense\.weight \[16, 15\]/,
    ],
    [
      'a wrong shape, which is then not called missing',
      (map) => map.set(KEY, { shape: [15, 16], data: new Float32Array(240) }),
      /encoder\.layer\.1\.output\.dense\.weight has shape \[15, 16\], config\.json asks for \[16, 15\]\.$/,
    ],
    [
      'an unknown tensor',
      (map) => map.set('adapter.down.weight', { shape: [2, 3], data: new Float32Array(6) }),
      /unknown: adapter\.down\.weight \[2, 3\]/,
    ],
    [
      'a layer too many',
      (map) => map.set(KEY.replace('1', '2'), map.get(KEY)!),
      /unknown: encoder\.layer\.2\.output\.dense\.weight/,
    ],
    [
      'two tensors for one parameter',
      (map) => map.set(`bert.${KEY}`, map.get(KEY)!),
      /bert\.encoder\.layer\.1\.output\.dense\.weight is a second tensor for encoder/,
    ],
    ['everything missing', (map) => map.clear(), /missing: .* and 31 more/],
  ])('names %s', (_, change, message) => {
    const match = () => matchParameters(config, changed(change));
    expect(match).toThrow(Failure);
    expect(match).toThrow(message);
  });
});

describe('initialParameters', () => {
  it('begins as BERT does, from the seed alone', () => {
    const fresh = initialParameters(smallConfig({ vocab_size: 4000 }), 3);
    expect(initialParameters(smallConfig({ vocab_size: 4000 }), 3)).toEqual(fresh);
    expect(initialParameters(smallConfig({ vocab_size: 4000 }), 4)).not.toEqual(fresh);
    const words = fresh.get('embeddings.word_embeddings.weight')!.data;
    expect([...words.subarray(0, 16)]).toEqual(Array(16).fill(0));
    const rest = words.subarray(16);
    const deviation = Math.sqrt(rest.reduce((total, value) => total + value * value, 0) / rest.length);
    expect(Math.abs(deviation / 0.02 - 1)).toBeLessThan(5 / Math.sqrt(2 * rest.length));
    expect([...fresh.get('embeddings.LayerNorm.weight')!.data]).toEqual(Array(16).fill(1));
    for (const [name, { data }] of fresh)
      if (name.endsWith('bias'))
        expect(
          data.every((value) => value === 0),
          name,
        ).toBe(true);
  });

  it('draws each parameter by its own name: another depth moves no other weight', () => {
    const [two, three] = [
      initialParameters(config, 1),
      initialParameters(smallConfig({ num_hidden_layers: 3 }), 1),
    ];
    for (const [name, tensor] of two) expect(three.get(name)).toEqual(tensor);
  });
});

describe('Parameters on', () => {
  eachBackend(() => {
    it('holds, counts, gives back, overwrites and disposes', async () => {
      const before = tf.memory().numTensors;
      const parameters = new Parameters(tensors);
      expect(tf.memory().numTensors - before).toBe(tensors.size);
      expect(parameters.names()).toEqual([...tensors.keys()]);
      expect(parameters.has('pooler.dense.weight')).toBe(false);
      expect(() => parameters.get('pooler.dense.weight')).toThrow(/pooler/);
      expect(parameters.count(['embeddings.LayerNorm.bias'])).toBe(16);
      expect(parameters.count()).toBe([...tensors.values()].reduce((total, t) => total + t.data.length, 0));

      const read = await parameters.read();
      for (const [name, { data, shape }] of tensors) {
        expectSameBits(read.get(name)!.data, data);
        expect(read.get(name)!.shape).toEqual(shape);
      }
      const bias = { shape: [16], data: new Float32Array(16).fill(0.5) };
      parameters.write(new Map([['embeddings.LayerNorm.bias', bias]]));
      const after = await parameters.read();
      expect(after.get('embeddings.LayerNorm.bias')).toEqual(bias);
      expect(read.get('embeddings.LayerNorm.bias')).not.toEqual(bias);
      expect(tf.memory().numTensors - before).toBe(tensors.size);
      parameters.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});
