// The mask is a function of key and element, made again in the gradient and by every backend: a bit of difference would
// break "same seed, same run" between devices, and a gradient under another mask would be wrong without a sign of it.
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composedDropout, dropout, dropoutScale } from '../../src/kernels/dropout/dropout.ts';
import { forkKey, seedKey, type Key } from '../../src/util/random.ts';
import { eachBackend } from '../support/backends.ts';
import { expectSameBits, normals, outcome, sizeOf, take, toTensor, type Plain } from './numbers.ts';

const KEY: Key = [0x9e3779b9, 0xdeadbeef];
/** Element counts of every remainder by 4, of every rank in use. */
const SHAPES = [[1], [2], [3], [4], [5], [17, 1], [17, 3], [33, 24], [1, 768], [33, 768], [2, 3, 5, 7]];

function composed({ data }: Plain, rate: number, key: Key): Float32Array {
  const output = new Float32Array(data.length);
  composedDropout(data, output, { key0: key[0], key1: key[1], threshold: Math.round(rate * 65536) });
  return output;
}

async function dropped(x: Plain, rate: number, key: Key): Promise<Float32Array> {
  return take(tf.tidy(() => dropout(toTensor(x), rate, key)));
}

function ones(count: number): Plain {
  return { shape: [count], data: new Float32Array(count).fill(1) };
}

describe('composedDropout', () => {
  const COUNT = 200_003;

  it.each([0.01, 0.1, 0.5, 0.9])('at rate %d keeps its share and the mean', (rate) => {
    const output = composed(ones(COUNT), rate, KEY);
    const kept = output.filter((value) => value !== 0);
    const error = Math.sqrt((rate * (1 - rate)) / COUNT);
    expect(Math.abs(kept.length / COUNT - (1 - rate))).toBeLessThan(5 * error + 1 / 65536);
    expect(new Set(kept)).toEqual(new Set([Math.fround(dropoutScale(Math.round(rate * 65536)))]));
    const mean = output.reduce((a, b) => a + b, 0) / COUNT;
    expect(Math.abs(mean - 1)).toBeLessThan((5 * error) / (1 - rate));
  });

  it('makes masks that know nothing of each other: other keys, neighbours, the four lanes', () => {
    const rate = 0.5;
    const mask = (key: Key) => composed(ones(COUNT), rate, key).map((value) => (value === 0 ? -1 : 1));
    const correlation = (a: Float32Array, b: Float32Array) =>
      a.reduce((total, value, i) => total + value * (b[i] ?? 0), 0) / COUNT;
    const base = mask(KEY);
    const others = [mask([KEY[0], KEY[1] ^ 1]), mask([KEY[0] ^ 1, KEY[1]]), mask([KEY[1], KEY[0]])];
    const shifted = [1, 2, 3, 4].map((by) => base.subarray(by));
    for (const other of [...others, ...shifted])
      expect(Math.abs(correlation(base, other))).toBeLessThan(5 / Math.sqrt(COUNT));
  });
});

describe('dropout on', () => {
  eachBackend((backend) => {
    it.each(SHAPES.map((shape) => ({ shape, name: `[${shape.join(', ')}]` })))(
      'has the bits of the plain form for $name',
      async ({ shape }) => {
        const x = normals('x', ...shape);
        for (const rate of [0.1, 0.5]) expectSameBits(await dropped(x, rate, KEY), composed(x, rate, KEY));
      },
    );

    it('returns its input for rate 0, and zeros for rate 1', async () => {
      const x = tf.tensor1d([1, 2, 3]);
      expect(dropout(x, 0, KEY)).toBe(x);
      x.dispose();
      expect([...(await dropped(normals('x', 5), 1, KEY))]).toEqual([0, 0, 0, 0, 0]);
    });

    it('puts the gradient through the same mask, and leaves no tensor behind', async () => {
      const x = normals('x', 33, 7);
      const { value, gradients } = await outcome((input) => dropout(input, 0.3, KEY), [x]);
      expectSameBits(value, composed(x, 0.3, KEY));
      expectSameBits(gradients[0]!, composed(normals('weight', 33, 7), 0.3, KEY));
    });

    it('makes another mask for another key, the same for the same', async () => {
      const x = normals('x', 33, 24);
      const first = await dropped(x, 0.1, KEY);
      expectSameBits(await dropped(x, 0.1, KEY), first);
      for (const other of [[KEY[0], 1] as const, [1, KEY[1]] as const, forkKey(KEY, 'site')]) {
        expect(await dropped(x, 0.1, other)).not.toEqual(first);
      }
    });

    it('has the bits of the plain form for any size, rate and key', async () => {
      const word = fc.integer({ min: 0, max: 0xffffffff });
      const draws = fc.record({
        shape: fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 1, maxLength: 3 }),
        rate: fc.double({ min: 0, max: 0.999, noNaN: true }),
        key: fc.tuple(word, word),
      });
      await fc.assert(
        fc.asyncProperty(draws, async ({ shape, rate, key }) => {
          const x = normals('x', ...shape);
          const expected = Math.round(rate * 65536) === 0 ? x.data : composed(x, rate, key);
          expectSameBits(await dropped(x, rate, key), expected);
        }),
        { numRuns: backend === 'software' ? 12 : 80, seed: 1 },
      );
    });
  });
});

describe('dropout of more elements than one row of workgroups serves, on', () => {
  eachBackend(() => {
    it('has the bits of the plain form everywhere', async () => {
      const shape = [65536 * 64 + 1, 4];
      const x: Plain = { shape, data: new Float32Array(sizeOf(shape)).fill(1.5) };
      const key = seedKey(5);
      expectSameBits(await dropped(x, 0.1, key), composed(x, 0.1, key));
    });
  }, ['software']);
});
