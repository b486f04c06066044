// What the tests of WebGPU kernels share: shapes of matrix products and their result in float64, and the comparison of a
// kernel with its composition under several configurations, whichever the adapter at hand would take.
import type { Product } from '../../src/kernels/matMul/matMul.webgpu.ts';
import { webGpuBackend } from '../../src/kernels/tfjsBackends.ts';
import { setKernelConfig, type KernelConfig } from '../../src/kernels/tuning.ts';
import { expectSameOutcome, outcome, type Op, type Plain } from '../kernels/numbers.ts';
import { start } from './backends.ts';

/** All transposes of a product. */
export const TRANSPOSES = [false, true].flatMap((a) =>
  [false, true].map((b) => ({ transposeA: a, transposeB: b })),
);

/** Sizes of a product as [batch, m, n, k]. */
export const PRODUCT_SIZES: [name: string, batch: number, m: number, n: number, k: number][] = [
  ['one element', 1, 1, 1, 1],
  ['odd sizes', 1, 17, 33, 5],
  ['odd sizes in a batch', 3, 5, 7, 9],
  ['four by four', 1, 4, 4, 4],
  ['a tile and a bit', 1, 68, 132, 36],
  ['few rows', 1, 4, 96, 64],
  ['a batch', 5, 12, 20, 8],
  ['a deep one', 1, 36, 24, 1028],
];

/** A product in float64, and the sum of the absolute values of its terms. */
export function product64(
  { batch, m, n, k, transposeA, transposeB }: Product,
  a: Float32Array,
  b: Float32Array,
): { total: Float64Array; size: Float64Array } {
  const [total, size] = [new Float64Array(batch * m * n), new Float64Array(batch * m * n)];
  for (let z = 0; z < batch; z++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++)
        for (let at = 0, to = (z * m + i) * n + j; at < k; at++) {
          const left = a[z * m * k + (transposeA ? at * m + i : i * k + at)]!;
          const term = left * b[z * k * n + (transposeB ? j * k + at : at * n + j)]!;
          total[to]! += term;
          size[to]! += Math.abs(term);
        }
  return { total, size };
}

/** For a software adapter and for a hardware GPU. */
export const BOTH_CONFIGS: readonly KernelConfig[] = [{ software: true }, { software: false }];

/**
 * Is the operation on WebGPU what its composition is on the cpu backend, in every configuration?
 * @param configs asked for when WebGPU has started
 */
export async function expectSameAsComposed(
  fused: Op,
  composed: Op,
  inputs: Plain[],
  configs: () => readonly KernelConfig[],
  tolerance: { absolute: number; relative: number },
): Promise<void> {
  await start('cpu');
  const expected = await outcome(composed, inputs);
  await start('software');
  for (const config of configs()) {
    setKernelConfig(webGpuBackend(), config);
    expectSameOutcome(await outcome(fused, inputs), expected, tolerance);
  }
}
