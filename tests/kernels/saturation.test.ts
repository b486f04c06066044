// Products in F16 count the entries that they saturate: each once for every product it is in, however many invocations
// load it. The count is compared with one over the operands themselves.
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { f16Unsupported } from '../../src/kernels/capabilities.ts';
import { feedForward } from '../../src/kernels/feedForward/feedForward.ts';
import { multiply } from '../../src/kernels/matMul/matMul.ts';
import { usePrecision } from '../../src/kernels/precision.ts';
import { projections } from '../../src/kernels/projections/projections.ts';
import { saturatedEntries, takeSaturation } from '../../src/kernels/saturation.ts';
import { webGpuBackend } from '../../src/kernels/tfjsBackends.ts';
import { setKernelConfig, type KernelConfig } from '../../src/kernels/tuning.ts';
import { eachBackend } from '../support/backends.ts';
import { PRODUCT_SIZES, TRANSPOSES } from '../support/webgpuKernels.ts';
import { normals, take, toTensor, type Plain } from './numbers.ts';

const LARGEST = 65504;

/** A fifth of the entries beyond F16, in both directions; one exactly the largest number, which is not. */
function large(name: string, ...shape: number[]): Plain {
  const { data } = normals(name, ...shape);
  return { shape, data: data.map((x, i) => (i === 3 ? LARGEST : i % 5 === 1 ? Math.sign(x) * 7e4 : x)) };
}

const beyond = ({ data }: Plain): number => data.filter((x) => Math.abs(x) > LARGEST).length;

async function counted(): Promise<number> {
  const count = takeSaturation();
  return count ? saturatedEntries((await take(count))[0]!) : 0;
}

const CONFIGS: [name: string, config: KernelConfig, whyNot: () => string | undefined][] = [
  ['in registers', { software: true, precision: 'f16' }, () => undefined],
  [
    'in workgroup memory',
    { software: false, precision: 'f16' },
    () => f16Unsupported(webGpuBackend().device),
  ],
];

/** A software driver compiles a large product for half a minute. */
const PATIENCE = 600_000;

describe('saturated entries on', () => {
  eachBackend(() => {
    describe.each(CONFIGS)('%s', (_, config, whyNot) => {
      beforeEach(() => {
        setKernelConfig(webGpuBackend(), config);
      });
      afterEach(() => {
        usePrecision('f32');
        setKernelConfig(webGpuBackend(), { software: true });
      });

      it.for(PRODUCT_SIZES)(
        'of a product: %s',
        { timeout: PATIENCE },
        async ([, batch, m, n, k], { skip }) => {
          skip(whyNot() !== undefined, whyNot());
          for (const { transposeA, transposeB } of TRANSPOSES) {
            const a = large('a', batch, ...(transposeA ? [k, m] : [m, k]));
            const b = large('b', batch, ...(transposeB ? [n, k] : [k, n]));
            const tensors = [toTensor(a), toTensor(b)] as const;
            tf.dispose([multiply(...tensors, transposeA, transposeB), ...tensors]);
            expect(await counted()).toBe(beyond(a) + beyond(b));
          }
        },
      );

      it(
        'of the projections, whose three products share an operand, in each product',
        { timeout: PATIENCE },
        async ({ skip }) => {
          skip(whyNot() !== undefined, whyNot());
          const x = large('x', 24, 16);
          const weights = ['q', 'k', 'v'].map((name) => large(name, 16, 16));
          const bias = tf.zeros<tf.Rank.R1>([16]);
          const [input, query, key, value] = [x, ...weights].map(toTensor) as tf.Tensor2D[];
          const { q, k, v } = projections(input!, {
            ...{ query: query!, key: key!, value: value! },
            ...{ queryBias: bias, keyBias: bias, valueBias: bias },
          });
          tf.dispose([q, k, v, input!, query!, key!, value!, bias]);
          expect(await counted()).toBe(
            3 * beyond(x) + weights.reduce((sum, weight) => sum + beyond(weight), 0),
          );
        },
      );

      it('of gradients, after they were multiplied by 1024', { timeout: PATIENCE }, async ({ skip }) => {
        skip(whyNot() !== undefined, whyNot());
        const dy = { shape: [4, 8], data: new Float32Array(32).fill(1).map((x, i) => (i < 6 ? 100 : x)) };
        const [x, inner, outer] = [4, 8, 8].map((rows) => tf.zeros([rows, 8])) as tf.Tensor2D[];
        const bias = tf.zeros<tf.Rank.R1>([8]);
        const upstream = toTensor(dy);
        const gradient = tf.grad((weight: tf.Tensor) => {
          const layers = { inner: inner!, innerBias: bias, outer: weight as tf.Tensor2D, outerBias: bias };
          return feedForward(x!, layers).y;
        })(outer!, upstream);
        // dy is in two products: the gradient of the outer weight, and that of what comes before it.
        expect([6, 12]).toContain(await counted());
        tf.dispose([x!, inner!, outer!, bias, upstream, gradient]);
      });

      it('of nothing are none, and no counter is made in F32', { timeout: PATIENCE }, async ({ skip }) => {
        skip(whyNot() !== undefined, whyNot());
        const run = () =>
          tf.dispose(tf.tidy(() => multiply(tf.ones([1, 8, 8]), tf.ones([1, 8, 8]), false, false)));
        run();
        expect(await counted()).toBe(0);
        usePrecision('f32');
        run();
        expect(takeSaturation()).toBeUndefined();
      });
    });
  }, ['software']);

  it('beyond 2^31 are read as what they are', () => {
    expect(saturatedEntries(-1)).toBe(2 ** 32 - 1);
    expect(saturatedEntries(5)).toBe(5);
  });
});
