// What kernels do with more than the core of WebGPU: products in F16, subgroup matrices, subgroup operations. Every variant
// that the adapter at hand offers against a loop in float64 or the composition; the others are skipped with the reason.
//
// F16 holds 11 bits, so an operand is off by at most 2^-10 of itself however a device rounds, and a product of two by
// little more than 2^-9. Operands that F16 holds exactly leave nothing but the rounding of sums in F32.
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { addNorm, composedAddNorm } from '../../src/kernels/addNorm/addNorm.ts';
import { webGpuBackend } from '../../src/kernels/tfjsBackends.ts';
import { composedFeedForward, feedForward } from '../../src/kernels/feedForward/feedForward.ts';
import { multiply } from '../../src/kernels/matMul/matMul.ts';
import type { Product } from '../../src/kernels/matMul/matMul.webgpu.ts';
import { workgroupMemoryOf } from '../../src/kernels/matMul/matMul.wgsl.ts';
import {
  capabilitiesOf,
  f16Unsupported,
  subgroupMatrixUnsupported,
  subgroupsUnsupported,
} from '../../src/kernels/capabilities.ts';
import { usePrecision, f16Unavailable } from '../../src/kernels/precision.ts';
import { composedProjections, projections } from '../../src/kernels/projections/projections.ts';
import {
  matrixTiles,
  setKernelConfig,
  kernelConfigFor,
  type Precision,
  type KernelConfig,
} from '../../src/kernels/tuning.ts';
import { defaultConfig } from '../../src/run/config.ts';
import type { RunInputs } from '../../src/trainer/prepare.ts';
import { TrainingSession } from '../../src/trainer/session.ts';
import { train } from '../../src/trainer/train.ts';
import { eachBackend, start } from '../support/backends.ts';
import { expectSameAsComposed, PRODUCT_SIZES, product64, TRANSPOSES } from '../support/webgpuKernels.ts';
import { tinyGroups, tinyModel, tinyPlain } from '../support/tiny.ts';
import { expectClose, normals, take, toTensor, type Op, type Plain } from './numbers.ts';

const SIZES: typeof PRODUCT_SIZES = [...PRODUCT_SIZES, ['large tiles', 14, 260, 132, 100]];

/** Rounded to eighths between -4 and 4, which F16 holds exactly. */
function exact({ shape, data }: Plain): Plain {
  return { shape, data: data.map((x) => Math.round(8 * Math.max(-4, Math.min(4, x))) / 8) };
}

async function expectProduct(given: Product): Promise<void> {
  const { batch, m, n, k, transposeA, transposeB } = given;
  const a = normals('a', batch, ...(transposeA ? [k, m] : [m, k]));
  const b = normals('b', batch, ...(transposeB ? [n, k] : [k, n]));
  const run = async (left: Plain, right: Plain) => {
    const tensors = [toTensor(left), toTensor(right)] as const;
    const value = await take(multiply(...tensors, transposeA, transposeB));
    tf.dispose([...tensors]);
    return value;
  };
  const [left, right] = [exact(a), exact(b)];
  const { total } = product64(given, left.data, right.data);
  expectClose(await run(left, right), total, { absolute: 2e-5 * Math.sqrt(k), relative: 1e-5 });
  const any = product64(given, a.data, b.data);
  const value = await run(a, b);
  const error = value.map((x, i) =>
    Math.max(0, Math.abs(x - any.total[i]!) - any.size[i]! * 2.01 * 2 ** -10),
  );
  expectClose(error, new Float32Array(error.length), { absolute: 1e-5 });
}

const gpu = () => webGpuBackend().device;

interface Variant {
  name: string;
  whyNot: () => string | undefined;
  kernelConfig: () => KernelConfig;
}

const VARIANTS: Variant[] = [
  {
    // Rounding is in the core of WebGPU; it is the user who is refused F16 without "shader-f16".
    name: 'F16 in registers',
    whyNot: () => undefined,
    kernelConfig: () => ({ software: true, precision: 'f16' }),
  },
  {
    name: 'F16 in workgroup memory',
    whyNot: () => f16Unsupported(gpu()),
    kernelConfig: () => ({ software: false, precision: 'f16' }),
  },
  {
    name: 'F16 by subgroup matrices',
    whyNot: () => subgroupMatrixUnsupported(gpu()),
    kernelConfig: () => ({ software: false, precision: 'f16', ...capabilitiesOf(gpu()) }),
  },
];

/** Is the op in a variant what the composition is on the cpu backend, up to rounding? */
async function expectSame(
  fused: Op,
  composed: Op,
  inputs: Plain[],
  kernelConfig: () => KernelConfig,
  absolute: number,
) {
  await expectSameAsComposed(fused, composed, inputs, () => [kernelConfig()], { absolute, relative: 2e-3 });
}

/** Layers as deep as this: rounding errors are independent, so sums of k products of size 1 stay within 6 deviations. */
const roundingOf = (k: number) => 6 * 2 ** -11 * Math.sqrt(2 * k);

/** Weights that keep the size of what goes through them. */
function weightsOf(name: string, outputs: number, inputs: number): Plain {
  const { shape, data } = normals(name, outputs, inputs);
  return { shape, data: data.map((x) => x / Math.sqrt(inputs)) };
}

function feedForwardOf(run: typeof feedForward): Op {
  return (...given) => {
    const [x, inner, innerBias, outer, outerBias] = given as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor1D,
      tf.Tensor2D,
      tf.Tensor1D,
    ];
    const { y, passed } = run(x, { inner, innerBias, outer, outerBias });
    return tf.concat([y, passed], 1);
  };
}

function projectionsOf(run: typeof projections): Op {
  return (...given) => {
    const [x, query, key, value] = given as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const bias = given[4] as tf.Tensor1D;
    const weights = { query, key, value, queryBias: bias, keyBias: bias, valueBias: bias };
    const { q, k, v, passed } = run(x, weights);
    return tf.concat([q, k, v, passed], 1);
  };
}

const addNormOf =
  (run: typeof addNorm): Op =>
  (x, gamma, bias, residual) =>
    run({
      x: x as tf.Tensor2D,
      gamma: gamma as tf.Tensor1D,
      bias: bias as tf.Tensor1D,
      residual: residual as tf.Tensor2D,
      epsilon: 1e-12,
      mask: { rate: 0.3, key: [0x9e3779b9, 0xdeadbeef] },
    });

function inputsOf(precision: Precision): RunInputs {
  const knobs = {
    batch: 8,
    generatedBatch: 4,
    steps: 3,
    evaluateEvery: 3,
    measureCap: 4,
    learningRate: 1e-3,
  };
  return {
    setting: { domain: 'tiny', pattern: 'sts_ht' },
    config: { ...defaultConfig(), ...knobs, precision },
    groups: [...tinyPlain(30), ...tinyGroups(24)],
    sts: [],
    model: tinyModel(),
    device: { name: 'software', detail: 'test', reason: 'test' },
    files: ['tiny'],
  };
}

async function lossesOf(precision: Precision): Promise<number[]> {
  const losses: number[] = [];
  for await (const event of train(inputsOf(precision))) if (event.type === 'step') losses.push(event.loss);
  return losses;
}

/** A software driver compiles a large product for half a minute. */
const PATIENCE = 600_000;

describe('variants on', () => {
  eachBackend(() => {
    afterEach(() => setKernelConfig(webGpuBackend(), { software: true }));

    describe.each(VARIANTS)('$name', ({ whyNot, kernelConfig }) => {
      it.for(SIZES)('%s', { timeout: PATIENCE }, async ([, batch, m, n, k], { skip }) => {
        skip(whyNot() !== undefined, whyNot());
        setKernelConfig(webGpuBackend(), kernelConfig());
        for (const flags of TRANSPOSES) await expectProduct({ batch, m, n, k, ...flags });
      });

      it('any sizes', { timeout: PATIENCE }, async ({ skip }) => {
        skip(whyNot() !== undefined, whyNot());
        setKernelConfig(webGpuBackend(), kernelConfig());
        const size = fc.integer({ min: 1, max: 24 }).map((x) => (x % 3 ? 4 * x : x));
        const draws = fc.record({
          batch: fc.integer({ min: 1, max: 3 }),
          m: size,
          n: size,
          k: size,
          transposeA: fc.boolean(),
          transposeB: fc.boolean(),
        });
        await fc.assert(fc.asyncProperty(draws, expectProduct), { numRuns: 15, seed: 3 });
      });

      it.for([
        [5, 7, 9],
        [36, 24, 48],
      ])(
        'layers with their gradients: %d rows of %d, %d within',
        { timeout: PATIENCE },
        async ([rows, width, inner], { skip }) => {
          skip(whyNot() !== undefined, whyNot());
          const x = normals('x', rows!, width!);
          const fed = [
            x,
            weightsOf('inner', inner!, width!),
            normals('b', inner!),
            weightsOf('outer', width!, inner!),
            normals('c', width!),
          ];
          const projected = [
            x,
            ...['q', 'k', 'v'].map((name) => weightsOf(name, width!, width!)),
            normals('b', width!),
          ];
          const absolute = roundingOf(Math.max(rows!, inner!, width!));
          const [feed, project] = [feedForwardOf(composedFeedForward), projectionsOf(composedProjections)];
          await expectSame(feedForwardOf(feedForward), feed, fed, kernelConfig, absolute);
          await expectSame(projectionsOf(projections), project, projected, kernelConfig, absolute);
        },
      );

      it('numbers of a gradient that F16 has no place for', { timeout: PATIENCE }, async ({ skip }) => {
        skip(whyNot() !== undefined, whyNot());
        setKernelConfig(webGpuBackend(), kernelConfig());
        const given = [normals('x', 12, 8), weightsOf('w', 16, 8), normals('b', 16), weightsOf('o', 8, 16)];
        const inputs = [...given, normals('c', 8)].map(toTensor);
        const gradients = async (scale: number) => {
          const dy = tf.tidy(() => tf.mul(toTensor(normals('dy', 12, 16)), scale));
          const made = tf.grads(feedForwardOf(feedForward))(inputs, dy);
          dy.dispose();
          return Promise.all(made.map(take));
        };
        const [small, usual] = [await gradients(2 ** -17), await gradients(1)];
        for (const [i, values] of usual.entries())
          expectClose(
            small[i]!.map((x) => x * 2 ** 17),
            values,
            { absolute: 0.02, relative: 1e-2 },
          );
        tf.dispose(inputs);
      });

      it('a short training: losses within 1 % of those in F32', { timeout: PATIENCE }, async ({ skip }) => {
        const missing = whyNot() ?? f16Unavailable();
        skip(missing !== undefined, missing);
        setKernelConfig(webGpuBackend(), kernelConfig());
        const [half, full] = [await lossesOf('f16'), await lossesOf('f32')];
        expect(half).toHaveLength(3);
        expectClose(half, full, { absolute: 0, relative: 1e-2 });
        expect(half).not.toEqual(full);
        expect(kernelConfigFor(webGpuBackend()).precision).toBe('f32');
      });
    });

    it.for([
      [1, 24],
      [17, 24],
      [33, 768],
      [5, 7],
      [3, 1],
    ])('sums of rows by subgroups: %d rows of %d', { timeout: PATIENCE }, async ([rows, width], { skip }) => {
      skip(subgroupsUnsupported(gpu()) !== undefined, subgroupsUnsupported(gpu()));
      const inputs = [normals('x', rows!, width!), normals('gamma', width!), normals('bias', width!)];
      inputs.push(normals('residual', rows!, width!));
      const kernelConfig = () => ({ software: false, subgroups: true });
      await expectSame(addNormOf(addNorm), addNormOf(composedAddNorm), inputs, kernelConfig, 3e-4);
    });

    it('are taken on a GPU that offers them, and precision is kept beside them', ({ skip }) => {
      skip(f16Unsupported(gpu()) !== undefined, f16Unsupported(gpu()));
      setKernelConfig(webGpuBackend(), { software: false, tiles: {} });
      usePrecision('f16');
      expect(kernelConfigFor(webGpuBackend())).toEqual({ software: false, tiles: {}, precision: 'f16' });
      usePrecision('f32');
    });
  }, ['software']);
});

describe('precision f16 is refused with the reason by', () => {
  eachBackend((backend) => {
    it('a device without it', async ({ skip }) => {
      await start(backend);
      skip(f16Unavailable() === undefined, 'this adapter offers "shader-f16"');
      expect(() => usePrecision('f16')).toThrow(/^Precision f16 is not available: .*shader-f16/);
      expect(() => new TrainingSession(inputsOf('f16'))).toThrow(/Use precision f32/);
      expect(() => usePrecision('f32')).not.toThrow();
    });
  });
});

describe('subgroup matrices', () => {
  const variant = { kind: 'matrix', half: true, epilogue: 'none', across: 2, down: 2 } as const;
  it.each([
    [16, 16, 16, 32],
    [16, 8, 16, 32],
    [8, 8, 8, 64],
  ])('of %d x %d x %d, %d lanes, fit into 32 KiB of workgroup memory', (m, n, k, lanes) => {
    const matrix = { m, n, k, lanes };
    for (const tile of matrixTiles({ software: false, precision: 'f16', matrix }))
      for (const flags of TRANSPOSES) {
        expect(workgroupMemoryOf({ ...variant, ...flags, ...tile })).toBeLessThanOrEqual(32768);
        expect(tile.rows % m).toBe(0);
        expect((4 * tile.quads) % n).toBe(0);
      }
    expect(matrixTiles({ software: false, matrix })).toEqual([]);
  });
});
