// A product has several variants on WebGPU, and only some of them are taken on the adapter at hand. All are run here,
// with sizes at, below and above their tiles, against a loop in float64.
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { webGpuBackend } from '../../src/kernels/tfjsBackends.ts';
import { linearGelu } from '../../src/kernels/linear/linear.ts';
import { variantFor, splitsOf, type Product } from '../../src/kernels/matMul/matMul.webgpu.ts';
import { multiply } from '../../src/kernels/matMul/matMul.ts';
import { HARDWARE_TILES, setKernelConfig, kernelConfigFor } from '../../src/kernels/tuning.ts';
import { eachBackend } from '../support/backends.ts';
import { PRODUCT_SIZES, product64, TRANSPOSES } from '../support/webgpuKernels.ts';
import { expectClose, normals, take, toTensor } from './numbers.ts';

function product(batch: number, m: number, n: number, k: number, flags = TRANSPOSES[0]!): Product {
  return { batch, m, n, k, ...flags };
}

async function expectProduct(given: Product): Promise<void> {
  const { batch, m, n, k, transposeA, transposeB } = given;
  const a = normals('a', batch, ...(transposeA ? [k, m] : [m, k]));
  const b = normals('b', batch, ...(transposeB ? [n, k] : [k, n]));
  const expected = product64(given, a.data, b.data).total;
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
      it.each(PRODUCT_SIZES)('%s', async (_, batch, m, n, k) => {
        setKernelConfig(webGpuBackend(), { software });
        for (const flags of TRANSPOSES) await expectProduct(product(batch, m, n, k, flags));
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
      expect(variantFor(product(1, 4096, 1024, 64), 'none', tuned)).toMatchObject(tile);
      expect(variantFor(product(1, 4096, 1024, 64, TRANSPOSES[3]), 'none', tuned).kind).toBe('shared');
      expect(variantFor(product(1, 64, 64, 64), 'none', tuned)).toMatchObject(HARDWARE_TILES[2]!);
    });

    it('takes no tile that does not fit into workgroup memory', () => {
      const large = product(1, 4096, 4096, 64, TRANSPOSES[1]);
      const tall = (memory: number) => variantFor(large, 'none', { software: false }, memory).rows;
      expect([tall(32768), tall(16384)]).toEqual([8, 4]);
    });

    it('takes every variant somewhere', () => {
      const kinds = (software: boolean) =>
        PRODUCT_SIZES.map(([, ...size]) => variantFor(product(...size), 'none', { software }).kind);
      expect(new Set(kinds(true))).toEqual(new Set(['plain', 'direct']));
      expect(new Set(kinds(false))).toEqual(new Set(['plain', 'shared']));
      const deep = product(1, 36, 24, 1028);
      expect(
        splitsOf(deep, variantFor(deep, 'none', { software: false }), { software: false }),
      ).toBeGreaterThan(1);
    });
  }, ['software']);
});
