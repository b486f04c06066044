// Every product of a training step goes through matMul, and its gradient chooses among four transposed forms (on WASM
// with transposes of its own): one wrong flag would train a model quietly into nonsense. Its oracle is a plain loop.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { columnSum } from '../../src/kernels/columnSum/columnSum.ts';
import { matMul } from '../../src/kernels/matMul/matMul.ts';
import { eachBackend } from '../support/backends.ts';
import {
  expectClose,
  expectSameOutcome,
  normals,
  outcome,
  take,
  type Outcome,
  type Plain,
} from './numbers.ts';

const FLAGS = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

/** Batch axes, then rows, inner size, columns. */
const SIZES: [number[], number, number, number][] = [
  [[], 1, 1, 1],
  [[], 17, 3, 24],
  [[], 17, 1, 33],
  [[], 33, 24, 17],
  [[2, 3], 1, 3, 17],
  [[2, 3], 17, 24, 33],
];

/** Not on a software GPU, which compiles 0.7 s for each further variant of tfjs's tiled product: these need twenty. */
const WIDE: typeof SIZES = [
  [[], 1, 768, 3],
  [[], 33, 24, 768],
  [[], 33, 768, 17],
  [[2, 3], 33, 24, 24],
  [[3, 1], 33, 33, 1],
];

/** An element of a stack of matrices, transposed or not. */
function reader({ shape, data }: Plain, transposed: boolean) {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  const at = (batch: number, i: number, j: number) =>
    batch * rows * columns + (transposed ? j * columns + i : i * columns + j);
  return { at, get: (batch: number, i: number, j: number) => data[at(batch, i, j)]! };
}

/** Product and gradients in float64. */
function looped(a: Plain, b: Plain, transposeA: boolean, transposeB: boolean): Outcome {
  const [left, right] = [reader(a, transposeA), reader(b, transposeB)];
  const leading = a.shape.slice(0, -2);
  const batches = leading.reduce((x, y) => x * y, 1);
  const [m, k] = transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const n = transposeB ? b.shape.at(-2)! : b.shape.at(-1)!;
  const shape = [...leading, m, n];
  const weight = normals('weight', ...shape).data;
  const value = new Float64Array(batches * m * n);
  const [da, db] = [new Float64Array(a.data.length), new Float64Array(b.data.length)];
  for (let batch = 0; batch < batches; batch++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        const place = (batch * m + i) * n + j;
        for (let t = 0; t < k; t++) {
          value[place]! += left.get(batch, i, t) * right.get(batch, t, j);
          da[left.at(batch, i, t)]! += weight[place]! * right.get(batch, t, j);
          db[right.at(batch, t, j)]! += weight[place]! * left.get(batch, i, t);
        }
      }
  return {
    shape,
    value: Float32Array.from(value),
    gradients: [Float32Array.from(da), Float32Array.from(db)],
  };
}

describe('matMul on', () => {
  eachBackend((backend) => {
    const sizes = backend === 'software' ? SIZES : [...SIZES, ...WIDE];
    for (const [transposeA, transposeB] of FLAGS) {
      it(`transposed ${transposeA}, ${transposeB}: value and gradients equal the loop's`, async () => {
        for (const [batch, m, k, n] of sizes) {
          const a = normals('a', ...batch, ...(transposeA ? [k, m] : [m, k]));
          const b = normals('b', ...batch, ...(transposeB ? [n, k] : [k, n]));
          const ours = await outcome((x, y) => matMul(x, y, transposeA, transposeB), [a, b]);
          expectSameOutcome(ours, looped(a, b, transposeA, transposeB), { absolute: 1e-4 });
        }
      });
    }

    it('gives both gradients when one tensor is both operands', async () => {
      const x = normals('x', 17, 3);
      const plain = looped(x, x, false, true);
      const both = plain.gradients[0]!.map((value, i) => value + plain.gradients[1]![i]!);
      const ours = await outcome((rows) => matMul(rows, rows, false, true), [x]);
      expectSameOutcome(ours, { ...plain, gradients: [both] }, { absolute: 1e-4 });
    });

    it('sums columns', async () => {
      for (const [rows, columns] of [
        [1, 1],
        [1, 768],
        [17, 3],
        [33, 24],
      ] as const) {
        const x = normals('x', rows, columns);
        const sums = Array.from({ length: columns }, (_, j) => {
          return x.data.reduce((total, value, i) => (i % columns === j ? total + value : total), 0);
        });
        const ours = tf.tidy(() => columnSum(tf.tensor2d(x.data, [rows, columns])));
        expect(ours.shape).toEqual([columns]);
        expectClose(await take(ours), sums);
      }
    });
  });
});
