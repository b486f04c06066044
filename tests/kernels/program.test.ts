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
import { flatProgram } from '../../src/kernels/program.ts';
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
    const pipelines = () =>
      Object.keys((tf.backend() as unknown as { pipelineCache: object }).pipelineCache).sort();
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

describe('flatProgram', () => {
  it('dispatches enough invocations for every element, and names its code alone', () => {
    const options = { inputs: ['x'], elementsPerInvocation: 4, uniforms: '', code: 'fn main(i : i32) {}' };
    for (const count of [1, 4, 5, 255, 256, 257, 1000]) {
      const program = flatProgram('key', [count], options);
      expect(program.dispatch).toEqual([Math.ceil(count / 256), 1, 1]);
      expect(program.shaderKey).toBe('key');
      expect(program.getUserCode()).toBe(options.code);
    }
  });
});
