// Every fused kernel of the WebGPU backend against the composition it stands for, over odd shapes, in the variant for a
// processor and in the variant for a GPU (workgroup memory, sums by parts), whichever the adapter at hand would take.
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, describe, it } from 'vitest';
import {
  adamwUpdate,
  composedAdamW,
  composedGradientNorm,
  gradientNorm,
} from '../../src/kernels/adamw/adamw.ts';
import { webGpuBackend } from '../../src/kernels/tfjsBackends.ts';
import { addNorm, composedAddNorm, type AddNormArguments } from '../../src/kernels/addNorm/addNorm.ts';
import {
  attention,
  composedAttention,
  type AttentionArguments,
} from '../../src/kernels/attention/attention.ts';
import { columnSum } from '../../src/kernels/columnSum/columnSum.ts';
import {
  composedLookup,
  embed,
  type EmbeddingIds,
  type EmbeddingTables,
} from '../../src/kernels/embed/embed.ts';
import { gatherRows } from '../../src/kernels/gatherRows/gatherRows.ts';
import { linear, linearGelu, composedLinear } from '../../src/kernels/linear/linear.ts';
import { gelu } from '../../src/kernels/gelu/gelu.ts';
import { composedInfoNCE, infoNCE } from '../../src/losses/infoNCE.ts';
import { setKernelConfig } from '../../src/kernels/tuning.ts';
import type { DropoutMask } from '../../src/kernels/dropout/dropout.ts';
import { eachBackend, start } from '../support/backends.ts';
import { BOTH_CONFIGS, expectSameAsComposed } from '../support/webgpuKernels.ts';
import { expectClose, normals, take, toTensor, type Op, type Plain } from './numbers.ts';

const MASK: DropoutMask = { rate: 0.3, key: [0x9e3779b9, 0xdeadbeef] };

function expectSame(fused: Op, composed: Op, inputs: Plain[], absolute = 3e-4): Promise<void> {
  return expectSameAsComposed(fused, composed, inputs, () => BOTH_CONFIGS, { absolute, relative: 2e-4 });
}

function addNormOf(
  run: (given: AddNormArguments) => tf.Tensor2D,
  mask: DropoutMask | undefined,
  withResidual: boolean,
): Op {
  return (x, gamma, bias, residual) =>
    run({
      x: x as tf.Tensor2D,
      gamma: gamma as tf.Tensor1D,
      bias: bias as tf.Tensor1D,
      ...(withResidual && { residual: residual as tf.Tensor2D }),
      epsilon: 1e-12,
      ...(mask && { mask }),
    });
}

async function expectAddNorm(rows: number, width: number, mask: DropoutMask | undefined, residual: boolean) {
  const inputs = [normals('x', rows, width), normals('gamma', width), normals('bias', width)];
  if (residual) inputs.push(normals('residual', rows, width));
  await expectSame(addNormOf(addNorm, mask, residual), addNormOf(composedAddNorm, mask, residual), inputs);
}

interface AttentionCase {
  lengths: number[];
  length: number;
  heads: number;
  size: number;
  mask?: DropoutMask;
}

function attentionOf(run: (given: AttentionArguments) => tf.Tensor2D, given: AttentionCase): Op {
  const { lengths, length, heads, mask } = given;
  return (q, k, v) =>
    run({
      q: q as tf.Tensor2D,
      k: k as tf.Tensor2D,
      v: v as tf.Tensor2D,
      lengths: tf.tensor1d(lengths, 'int32'),
      heads,
      length,
      ...(mask && { mask }),
    });
}

async function expectAttention(given: AttentionCase): Promise<void> {
  const shape = [given.lengths.length * given.length, given.heads * given.size];
  const inputs = ['q', 'k', 'v'].map((name) => normals(name, ...shape));
  // The composition adds -10000 to every score of a row without tokens, and loses their last bits.
  const absolute = given.lengths.includes(0) ? 5e-3 : 3e-4;
  await expectSame(attentionOf(attention, given), attentionOf(composedAttention, given), inputs, absolute);
}

describe('fused kernels on', () => {
  eachBackend(() => {
    afterAll(() => setKernelConfig(webGpuBackend(), { software: true }));

    it.each([
      [1, 24, false, false],
      [17, 24, true, true],
      [33, 768, true, true],
      [33, 768, false, true],
      [5, 7, true, true],
      [3, 1, false, false],
    ])('addNorm: %d rows of %d, dropout %s, residual %s', (rows, width, dropped, residual) =>
      expectAddNorm(rows, width, dropped ? MASK : undefined, residual),
    );

    it.each([
      ['one token', { lengths: [1], length: 1, heads: 1, size: 24 }],
      [
        '17 tokens, lengths of all kinds',
        { lengths: [17, 1, 5, 0], length: 17, heads: 2, size: 12, mask: MASK },
      ],
      ['33 tokens without dropout', { lengths: [33, 20], length: 33, heads: 3, size: 8 }],
      ['32 tokens of 64', { lengths: [32, 7], length: 32, heads: 2, size: 64, mask: MASK }],
      ['a head of 768', { lengths: [9], length: 9, heads: 1, size: 768 }],
      ['a head of 7', { lengths: [4, 5], length: 5, heads: 2, size: 7, mask: MASK }],
    ] as [string, AttentionCase][])('attention: %s', (_, given) => expectAttention(given));

    it('attention of any shape', async () => {
      const draws = fc.record({
        rows: fc.integer({ min: 1, max: 3 }),
        length: fc.integer({ min: 1, max: 10 }),
        heads: fc.integer({ min: 1, max: 3 }),
        size: fc.integer({ min: 1, max: 9 }),
        real: fc.infiniteStream(fc.nat(10)),
        dropped: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(draws, ({ rows, length, heads, size, real, dropped }) => {
          const lengths = [...real.take(rows)].map((x) => Math.min(x, length));
          return expectAttention({ lengths, length, heads, size, ...(dropped && { mask: MASK }) });
        }),
        { numRuns: 6, seed: 3 },
      );
    });

    it('linear with its gradients', async () => {
      for (const [rows, inputs, outputs] of [
        [1, 24, 8],
        [65, 36, 68],
        [7, 5, 3],
      ] as const) {
        const given = [normals('x', rows, inputs), normals('w', outputs, inputs), normals('b', outputs)];
        const asOp =
          (run: typeof linear): Op =>
          (x, w, b) =>
            run(x as tf.Tensor2D, w as tf.Tensor2D, b as tf.Tensor1D);
        await expectSame(asOp(linear), asOp(composedLinear), given);
        await expectSame(
          asOp(linearGelu),
          asOp((x, w, b) => gelu(composedLinear(x, w, b))),
          given,
        );
      }
    });

    it('embed, and the gradients of its tables', async () => {
      for (const [tokens, width] of [
        [1, 24],
        [40, 7],
        [97, 12],
      ] as const) {
        const draw = (most: number) =>
          Int32Array.from({ length: tokens }, (_, i) => (i * i * 7 + 3 * i) % most);
        const lists = [draw(50), draw(9), draw(2)];
        const asOp = (look: typeof embed): Op => {
          return (words, positions, types) =>
            look(
              { words, positions, types } as EmbeddingTables,
              Object.fromEntries(
                ['words', 'positions', 'types'].map((name, i) => [name, tf.tensor1d(lists[i]!, 'int32')]),
              ) as unknown as EmbeddingIds,
            );
        };
        const tables = [
          normals('words', 50, width),
          normals('positions', 9, width),
          normals('types', 2, width),
        ];
        await expectSame(asOp(embed), asOp(composedLookup), tables);
      }
    });

    it('InfoNCE with its gradients, rows of length 0 among them', async () => {
      for (const [anchors, columns, width] of [
        [1, 1, 24],
        [5, 9, 7],
        [33, 40, 64],
      ] as const) {
        const inputs = [normals('anchors', anchors, width), normals('columns', columns, width)];
        if (anchors > 1) for (const { data } of inputs) data.fill(0, 0, width);
        const asOp =
          (run: typeof infoNCE): Op =>
          (a, c) =>
            run(a as tf.Tensor2D, c as tf.Tensor2D, 0.05);
        await expectSame(asOp(infoNCE), asOp(composedInfoNCE), inputs);
      }
    });

    it('rows picked, and put back', async () => {
      const places = Int32Array.of(4, 0, 4, 16, 3);
      const picked: Op = (x) => gatherRows(x as tf.Tensor2D, places);
      const plain: Op = (x) => tf.gather(x, tf.tensor1d(places, 'int32'));
      for (const width of [1, 7, 12]) await expectSame(picked, plain, [normals('x', 17, width)]);
    });

    it('AdamW and the norm, over tensors of many sizes', async () => {
      const shapes = [[3], [8], [5, 7], [12, 4], [100, 64], [1], [2, 2], [9, 4], [16]];
      const decayed = [0, 8, 13, 48, 3_001, 0, 2, 36, 4];
      const scalars = { beta1: 0.9, beta2: 0.99, rate: 0.01, epsilon: 1e-6, decayFactor: 0.9 };
      const run = async (update: typeof adamwUpdate, norm: typeof gradientNorm, decayFirst: boolean) => {
        const given = shapes.map((shape, i) => ({
          parameter: tf.variable(toTensor(normals(`p${i}`, ...shape))),
          gradient: toTensor(normals(`g${i}`, ...shape)),
          m: tf.variable(toTensor(normals(`m${i}`, ...shape))),
          v: tf.variable(tf.square(toTensor(normals(`v${i}`, ...shape)))),
          decayed: decayed[i]!,
        }));
        const factor = tf.scalar(0.5);
        for (let step = 0; step < 2; step++) update(given, factor, { ...scalars, decayFirst });
        const values: Float32Array[] = [];
        for (const maximum of [0, 5, 1e6]) {
          const measured = norm(
            given.map(({ gradient }) => gradient),
            maximum,
          );
          values.push(await take(measured.norm), await take(measured.factor));
        }
        for (const { parameter, m, v } of given)
          for (const x of [parameter, m, v]) values.push(Float32Array.from(await x.data()));
        tf.disposeVariables();
        return values;
      };
      for (const decayFirst of [true, false]) {
        await start('cpu');
        const expected = await run(composedAdamW, composedGradientNorm, decayFirst);
        await start('software');
        for (const software of [true, false]) {
          setKernelConfig(webGpuBackend(), { software });
          const actual = await run(adamwUpdate, gradientNorm, decayFirst);
          actual.forEach((values, i) =>
            expectClose(values, expected[i]!, {
              absolute: 1e-6,
              relative: 2e-6,
              what: `tensor ${i}, element`,
            }),
          );
        }
      }
    });

    it('columnSum of many rows', async () => {
      for (const shape of [
        [1, 1],
        [1030, 12],
        [333, 7],
      ]) {
        const x = normals('x', ...shape);
        const expected = new Float64Array(shape[1]!);
        x.data.forEach((value, i) => (expected[i % shape[1]!]! += value));
        for (const software of [true, false]) {
          setKernelConfig(webGpuBackend(), { software });
          const given = toTensor(x) as tf.Tensor2D;
          expectClose(await take(columnSum(given)), expected, { absolute: 1e-4 });
          given.dispose();
        }
      }
    });
  }, ['software']);
});
