// The code of products in F16 is checked by Dawn's compiler on a device that offers everything and computes nothing (its null
// backend): a machine without "shader-f16" or subgroup matrices finds what would not compile elsewhere.
import { beforeAll, describe, expect, it } from 'vitest';
import { create, globals } from 'webgpu';
import { MATRIX_FEATURE } from '../../src/kernels/capabilities.ts';
import { matMulCode } from '../../src/kernels/matMul/matMul.wgsl.ts';
import type { GroupedGemm, MatMulVariant } from '../../src/kernels/matMul/matMulVariant.wgsl.ts';
import { HARDWARE_TILES, matrixTiles, SOFTWARE_TILES } from '../../src/kernels/tuning.ts';
import { TRANSPOSES } from '../support/webgpuKernels.ts';

const MATRIX = { m: 16, n: 16, k: 16, lanes: 32 };

const TILES: Pick<MatMulVariant, 'kind' | 'rows' | 'quads' | 'across' | 'down' | 'matrix'>[] = [
  HARDWARE_TILES[2]!,
  SOFTWARE_TILES[3]!,
  { kind: 'plain', rows: 4, quads: 1, across: 8, down: 8 },
  matrixTiles({ software: false, precision: 'f16', matrix: MATRIX })[1]!,
];

const GROUPED: (GroupedGemm | undefined)[] = [
  undefined,
  { count: 3, own: ['y', 'b', 'bias'], added: false },
  { count: 3, own: ['a', 'b'], added: true },
];

/** Kept: Dawn ends with the object that it was made by. */
let dawn: GPU;
let device: GPUDevice;

beforeAll(async () => {
  Object.assign(globalThis, globals);
  dawn = create(['backend=null', 'enable-dawn-features=allow_unsafe_apis']);
  const adapter = await dawn.requestAdapter();
  const requiredFeatures = ['shader-f16', 'subgroups', MATRIX_FEATURE] as GPUFeatureName[];
  device = await adapter!.requestDevice({ requiredFeatures });
});

async function errorsOf(code: string): Promise<string[]> {
  device.pushErrorScope('validation');
  const { messages } = await device.createShaderModule({ code }).getCompilationInfo();
  await device.popErrorScope();
  return messages
    .filter(({ type }) => type === 'error')
    .map(({ lineNum, message }) => `${lineNum}: ${message}`);
}

describe.each(TILES)('products in F16, $kind', (tile) => {
  it.each([true, false])('compile (saturated entries counted: %s)', async (counted) => {
    for (const transposes of TRANSPOSES)
      for (const epilogue of ['none', 'bias', 'gelu', 'add', 'geluGradient'] as const)
        for (const grouped of GROUPED) {
          const sums = transposes.transposeA && epilogue === 'none' && !grouped;
          const variant: MatMulVariant = {
            ...{ ...tile, ...transposes, epilogue, f16: true, counted },
            ...(grouped && { grouped }),
            ...(sums && { sums }),
          };
          expect(await errorsOf(matMulCode(variant)), JSON.stringify(variant)).toEqual([]);
        }
  });

  it('compile with k in parts', async () => {
    for (const transposes of TRANSPOSES) {
      const variant: MatMulVariant = {
        ...tile,
        ...transposes,
        epilogue: 'none',
        f16: true,
        counted: true,
        parts: true,
      };
      expect(await errorsOf(matMulCode(variant))).toEqual([]);
    }
  });
});

it('code that is wrong is found', async () => {
  expect(await errorsOf('enable f16; fn f() -> f16 { return 1.0f; }')).toHaveLength(1);
});
