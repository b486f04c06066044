// A shader that holds a size is compiled again for every batch of another length, and training stalls. Sizes must come
// in by uniforms: the pipeline cache of tfjs's backend may not grow when only sizes change. (tfjs chooses among a few
// programs for a product by the class of its size; the rows here stay within one class.)
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { dropout } from '../../src/kernels/dropout/dropout.ts';
import { gelu } from '../../src/kernels/gelu/gelu.ts';
import { layerNorm } from '../../src/kernels/layerNorm/layerNorm.ts';
import { linear } from '../../src/kernels/linear/linear.ts';
import { matMul } from '../../src/kernels/matMul/matMul.ts';
import { webGpuBackend } from '../../src/kernels/tfjsBackends.ts';
import { flatWorkgroups } from '../../src/kernels/wgsl.ts';
import { eachBackend } from '../support/backends.ts';
import { outcome, type Op, normals } from './numbers.ts';

const WIDTH = 24;

/** Each with what its inputs look like for a number of rows: the width is the model's and does not change. */
const OPS: Record<string, { op: Op; shapes: (rows: number) => number[][] }> = {
  dropout: { op: (x) => dropout(x, 0.1, [1, 2]), shapes: (rows) => [[rows, WIDTH]] },
  gelu: { op: (x) => gelu(x), shapes: (rows) => [[rows, WIDTH]] },
  layerNorm: {
    op: (x, gamma, bias) => layerNorm(x as tf.Tensor2D, gamma as tf.Tensor1D, bias as tf.Tensor1D, 1e-12),
    shapes: (rows) => [[rows, WIDTH], [WIDTH], [WIDTH]],
  },
  linear: {
    op: (x, w, b) => linear(x as tf.Tensor2D, w as tf.Tensor2D, b as tf.Tensor1D),
    shapes: (rows) => [[rows, WIDTH], [16, WIDTH], [16]],
  },
  'matMul of attention': {
    op: (q, k) => matMul(q, k, false, true),
    shapes: (rows) => [
      [rows, 2, 5, 8],
      [rows, 2, 5, 8],
    ],
  },
};

describe('shader compilation on', () => {
  eachBackend(() => {
    const pipelines = () => Object.keys(webGpuBackend().pipelineCache).sort();
    const run = (name: string, rows: number) => {
      const { op, shapes } = OPS[name]!;
      return outcome(
        op,
        shapes(rows).map((shape) => normals(name, ...shape)),
      );
    };

    it.each(Object.keys(OPS))('%s compiles nothing for other sizes', async (name) => {
      await run(name, 33);
      const compiled = pipelines();
      expect(compiled.length).toBeGreaterThan(0);
      for (const rows of [34, 47, 61]) await run(name, rows);
      expect(pipelines()).toEqual(compiled);
    });
  }, ['software']);
});

describe('flatWorkgroups', () => {
  it('is enough invocations for every element, in as few workgroups as that takes', () => {
    for (const count of [1, 4, 5, 63, 64, 65, 255, 256, 257, 1000])
      expect(flatWorkgroups(count)).toEqual([Math.ceil(count / 64), 1, 1]);
  });

  it('goes over into rows before an axis is longer than devices allow', () => {
    for (const count of [64 * 65535, 64 * 65535 + 1, 100_000_000]) {
      const [columns, rows, layers] = flatWorkgroups(count);
      expect(Math.max(columns, rows)).toBeLessThanOrEqual(65535);
      expect(columns * rows * layers * 64).toBeGreaterThanOrEqual(count);
      expect((columns - 1) * rows * 64).toBeLessThan(count);
    }
  });
});
