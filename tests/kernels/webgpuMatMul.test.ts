// A product has several forms on WebGPU, and only some of them are taken on the adapter at hand. All are run here,
// with sizes at, below and above their tiles, against a loop in float64.
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { webGpuBackend } from '../../src/kernels/tfjsBackends.ts';
import { linearGelu } from '../../src/kernels/linear/linear.ts';
import { formOf, splitsOf, type Product } from '../../src/kernels/matMul/matMul.webgpu.ts';
import { multiply } from '../../src/kernels/matMul/matMul.ts';
import { HARDWARE_TILES, setKernelConfig, kernelConfigFor } from '../../src/kernels/tuning.ts';
import { eachBackend } from '../support/backends.ts';
import { expectClose, normals, take, toTensor } from './numbers.ts';

const FLAGS = [false, true].flatMap((a) => [false, true].map((b) => ({ transposeA: a, transposeB: b })));

/** Sizes of a product as [batch, m, n, k]. */
const SIZES: [string, number, number, number, number][] = [
  ['one element', 1, 1, 1, 1],
  ['odd sizes', 1, 17, 33, 5],
  ['odd sizes in a batch', 3, 5, 7, 9],
  ['four by four', 1, 4, 4, 4],
  ['a tile and a bit', 1, 68, 132, 36],
  ['few rows', 1, 4, 96, 64],
  ['a batch', 5, 12, 20, 8],
  ['a deep one', 1, 36, 24, 1028],
];

function product(batch: number, m: number, n: number, k: number, flags = FLAGS[0]!): Product {
  return { batch, m, n, k, ...flags };
}

async function expectProduct(given: Product): Promise<void> {
  const { batch, m, n, k, transposeA, transposeB } = given;
  const a = normals('a', batch, ...(transposeA ? [k, m] : [m, k]));
  const b = normals('b', batch, ...(transposeB ? [n, k] : [k, n]));
  const expected = new Float64Array(batch * m * n);
  for (let z = 0; z < batch; z++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let total = 0;
        for (let at = 0; at < k; at++)
          total +=
            a.data[z * m * k + (transposeA ? at * m + i : i * k + at)]! *
            b.data[z * k * n + (transposeB ? j * k + at : at * n + j)]!;
        expected[(z * m + i) * n + j] = total;
      }
  const tensors = [toTensor(a), toTensor(b)] as const;
  const value = await take(multiply(...tensors, transposeA, transposeB));
  tf.dispose([...tensors]);
  expectClose(value, expected, { absolute: 2e-5 * Math.sqrt(k), relative: 1e-5 });
}

describe('products on', () => {
  eachBackend(() => {
    afterAll(() => setKernelConfig(webGpuBackend(), { software: true }));

    it('know an adapter that is a processor', () => {
      expect(kernelConfigFor(webGpuBackend())).toEqual({ software: true });
    });

    describe.each([true, false])('an adapter of software: %s', (software) => {
      it.each(SIZES)('%s', async (_, batch, m, n, k) => {
        setKernelConfig(webGpuBackend(), { software });
        for (const flags of FLAGS) await expectProduct(product(batch, m, n, k, flags));
      });

      it('any sizes', async () => {
        setKernelConfig(webGpuBackend(), { software });
        const size = fc.integer({ min: 1, max: 12 }).map((x) => (x % 3 ? 4 * x : x));
        const draws = fc.record({
          batch: fc.integer({ min: 1, max: 3 }),
          m: size,
          n: size,
          k: size,
          transposeA: fc.boolean(),
          transposeB: fc.boolean(),
        });
        await fc.assert(fc.asyncProperty(draws, expectProduct), { numRuns: 15, seed: 2 });
      });

      it('bias and GELU after it', async () => {
        setKernelConfig(webGpuBackend(), { software });
        for (const [rows, outputs, inputs] of [
          [1, 3, 5],
          [17, 24, 24],
          [70, 96, 36],
        ] as const) {
          const [x, w, b] = [
            normals('x', rows, inputs),
            normals('w', outputs, inputs),
            normals('b', outputs),
          ];
          const given = [x, w, b].map(toTensor) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
          const value = await take(tf.tidy(() => linearGelu(...given)));
          const expected = tf.tidy(() => {
            const z = tf.add(tf.matMul(given[0], given[1], false, true), given[2]);
            return tf.mul(tf.mul(z, 0.5), tf.add(tf.erf(tf.mul(z, Math.SQRT1_2)), 1));
          });
          expectClose(value, await take(expected), { absolute: 2e-5, relative: 1e-5 });
          tf.dispose(given);
        }
      });
    });

    it('keeps to the order that tuning found, as far as a tile suits the size', () => {
      const tile = { kind: 'direct', rows: 8, quads: 1, across: 8, down: 8 } as const;
      const tuned = { software: false, tiles: { NN: [tile, ...HARDWARE_TILES] } };
      expect(formOf(product(1, 4096, 1024, 64), 'none', tuned)).toMatchObject(tile);
      expect(formOf(product(1, 4096, 1024, 64, FLAGS[3]), 'none', tuned).kind).toBe('shared');
      expect(formOf(product(1, 64, 64, 64), 'none', tuned)).toMatchObject(HARDWARE_TILES[2]!);
    });

    it('takes no tile that does not fit into workgroup memory', () => {
      const large = product(1, 4096, 4096, 64, FLAGS[1]);
      const tall = (memory: number) => formOf(large, 'none', { software: false }, memory).rows;
      expect([tall(32768), tall(16384)]).toEqual([8, 4]);
    });

    it('takes every form somewhere', () => {
      const kinds = (software: boolean) =>
        SIZES.map(([, ...size]) => formOf(product(...size), 'none', { software }).kind);
      expect(new Set(kinds(true))).toEqual(new Set(['plain', 'direct']));
      expect(new Set(kinds(false))).toEqual(new Set(['plain', 'shared']));
      const deep = product(1, 36, 24, 1028);
      expect(splitsOf(deep, formOf(deep, 'none', { software: false }), { software: false })).toBeGreaterThan(
        1,
      );
    });
  }, ['software']);
});
