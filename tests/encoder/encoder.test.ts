// The values of the forward pass are checked against reference values elsewhere. Here: what must not change an
// embedding (padding, neighbours, order), what must (the dropout key), and what a pass may leave in memory (nothing).
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { encode, positionIds } from '../../src/encoder/encoder.ts';
import { Parameters } from '../../src/encoder/parameters.ts';
import {
  dropoutEverywhere,
  NO_DROPOUT,
  type DropoutRates,
  type EncodeOptions,
} from '../../src/encoder/pass.ts';
import { pool, type Pooling } from '../../src/encoder/pooling.ts';
import type { DropoutAttributes } from '../../src/kernels/dropout/dropout.ts';
import { padRows } from '../../src/tokenizer/pad.ts';
import { seedKey } from '../../src/util/random.ts';
import { eachBackend } from '../support/backends.ts';
import { expectClose, expectSameBits, take } from '../kernels/numbers.ts';
import { smallConfig, smallTensors } from './small.ts';

const BERT = smallConfig();
const ROBERTA = smallConfig({ model_type: 'roberta' });
/** [CLS], so many words from a first one on, [SEP]. */
const sentence = (first: number, words: number) => [
  2,
  ...Array.from({ length: words }, (_, i) => first + i),
  3,
];
const SHORT = sentence(10, 7);
const OTHER = sentence(25, 8);
const LONG = sentence(17, 12);
const POOLINGS: Pooling[] = ['cls', 'mean', 'mask'];
const KEY = seedKey(1);

type Rows = readonly (readonly number[])[];

async function states(rows: Rows, options: EncodeOptions = {}, config = BERT): Promise<Float32Array> {
  const parameters = new Parameters(smallTensors(config));
  const result = await take(encode(parameters, config, padRows(rows, config.padId), options));
  parameters.dispose();
  return result;
}

/** Pooled vectors, one list a row. */
async function vectors(rows: Rows, pooling: Pooling, config = BERT): Promise<number[][]> {
  const parameters = new Parameters(smallTensors(config));
  const batch = padRows(rows, config.padId);
  const data = await take(tf.tidy(() => pool(encode(parameters, config, batch), batch, pooling)));
  parameters.dispose();
  return rows.map((_, r) => [...data.subarray(r * config.hidden, (r + 1) * config.hidden)]);
}

function differs(a: Float32Array, b: Float32Array): boolean {
  return a.some((value, i) => Math.abs(value - b[i]!) > 1e-3);
}

describe('positionIds', () => {
  const batch = padRows([[5, 6, 7], [5]], 1);

  it('count from 0 for BERT, padding too', () => {
    expect([...positionIds(batch, BERT)]).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('count from padId + 1 for RoBERTa, and give padding the padding id', () => {
    expect([...positionIds(batch, ROBERTA)]).toEqual([2, 3, 4, 2, 1, 1]);
    const three = smallConfig({ model_type: 'roberta', pad_token_id: 3 });
    expect([...positionIds(batch, three)]).toEqual([4, 5, 6, 4, 3, 3]);
  });
});

describe('encode on', () => {
  eachBackend(() => {
    it.each([
      ['BERT', BERT],
      ['RoBERTa', ROBERTA],
    ])('%s: neither padding, neighbours nor order change an embedding', async (_, config) => {
      for (const pooling of POOLINGS) {
        const [alone] = await vectors([SHORT], pooling, config);
        const together = await vectors([LONG, SHORT, OTHER], pooling, config);
        const turned = await vectors([OTHER, LONG, SHORT], pooling, config);
        expectClose(together[1]!, alone!, { what: `${pooling} alone and padded` });
        expectClose(turned.flat(), [2, 0, 1].map((r) => together[r]!).flat(), {
          what: `${pooling} reordered`,
        });
      }
    });

    it('tells sentences apart, and the order of their words', async () => {
      const reversed = [SHORT[0]!, ...SHORT.slice(1, -1).reverse(), SHORT.at(-1)!];
      const [a, b, c] = await vectors([SHORT, reversed, OTHER], 'cls');
      expect(differs(Float32Array.from(a!), Float32Array.from(b!))).toBe(true);
      expect(differs(Float32Array.from(a!), Float32Array.from(c!))).toBe(true);
    });

    it('takes token types, all 0 when there are none', async () => {
      const parameters = new Parameters(smallTensors(BERT));
      const batch = padRows([SHORT], 0);
      const typed = (type: number) =>
        take(encode(parameters, BERT, { ...batch, types: new Int32Array(9).fill(type) }));
      const plain = await take(encode(parameters, BERT, batch));
      expectSameBits(await typed(0), plain);
      expect(differs(await typed(1), plain)).toBe(true);
      parameters.dispose();
    });

    it('drops by key: the same key the same states, another key others', async () => {
      const rows = [SHORT, LONG];
      const at = (seed: number) => states(rows, { dropout: dropoutEverywhere(0.1), key: seedKey(seed) });
      const first = await at(1);
      expectSameBits(await at(1), first);
      expect(differs(await at(2), first)).toBe(true);
      expect(differs(await states(rows), first)).toBe(true);
    });

    it('gives two copies of a sentence in one batch different masks', async () => {
      const both = await states([SHORT, SHORT], { dropout: dropoutEverywhere(0.1), key: KEY });
      const half = both.length / 2;
      expect(differs(both.subarray(0, half), both.subarray(half))).toBe(true);
      const clean = await states([SHORT, SHORT]);
      expectClose(clean.subarray(0, half), clean.subarray(half));
    });

    it.each(Object.keys(NO_DROPOUT) as (keyof DropoutRates)[])(
      'drops at the site "%s" alone',
      async (site) => {
        const dropout = { ...NO_DROPOUT, [site]: 0.1 };
        expect(differs(await states([LONG], { dropout, key: KEY }), await states([LONG]))).toBe(true);
      },
    );

    it('draws a mask of its own at every site of every layer', async () => {
      const kernels = vi.spyOn(tf.engine(), 'runKernel');
      await states([SHORT], { dropout: dropoutEverywhere(0.1), key: KEY });
      const keys = kernels.mock.calls.flatMap(([, , attributes]) => {
        const { key0, key1, threshold = 0 } = (attributes ?? {}) as Partial<DropoutAttributes>;
        return threshold === 0 ? [] : [`${key0!} ${key1!}`];
      });
      kernels.mockRestore();
      expect(keys.length).toBe(1 + 3 * BERT.layers);
      expect(new Set(keys).size).toBe(keys.length);
    });

    it('refuses dropout without a key, and leaves nothing behind', async () => {
      const before = tf.memory().numTensors;
      const parameters = new Parameters(smallTensors(BERT));
      expect(() =>
        encode(parameters, BERT, padRows([SHORT], 0), { dropout: dropoutEverywhere(0.1) }),
      ).toThrow(/key/);
      parameters.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    it('taps every hidden state and attention by name, in order', async () => {
      const seen: [string, number[]][] = [];
      const kept: tf.Tensor[] = [];
      const rows = [SHORT, OTHER];
      await states(rows, {
        tap: (name, value) => {
          seen.push([name, value.shape]);
          if (name.endsWith('attention')) kept.push(tf.keep(tf.clone(value)));
        },
      });
      expect(seen).toEqual([
        ['hidden.0', [20, 16]],
        ['layer.0.attention', [2, 2, 10, 10]],
        ['hidden.1', [20, 16]],
        ['layer.1.attention', [2, 2, 10, 10]],
        ['hidden.2', [2, 10, 16]],
      ]);
      for (const attention of kept) {
        const data = await take(attention);
        for (let from = 0; from < data.length; from += 10) {
          const row = data.subarray(from, from + 10);
          expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
          // The first half of the rows belongs to SHORT, which has nine tokens.
          if (from < data.length / 2) expect(row[9]).toBe(0);
        }
      }
    });

    it('leaves one tensor: its result', async () => {
      const parameters = new Parameters(smallTensors(BERT));
      const before = tf.memory().numTensors;
      for (const options of [{}, { dropout: dropoutEverywhere(0.1), key: KEY }, { tap: () => {} }]) {
        const result = encode(parameters, BERT, padRows([SHORT, LONG], 0), options);
        expect(result.shape).toEqual([2, 14, 16]);
        expect(tf.memory().numTensors - before).toBe(1);
        result.dispose();
      }
      expect(tf.memory().numTensors).toBe(before);
      parameters.dispose();
    });
  });
});
