// Gathers rows of a matrix: used by pooling to select token states.
//
// Kernel "SemblanceGatherRows" {x [n, d], places int32 [m]} -> [m, d]. The gradient scatters rows back to their
// origin with the kernel ScatterRows, which needs no atomic additions.
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelToken, runKernel } from '../kernelToken.ts';
import { differentiable } from '../differentiable.ts';
import { scatterRows } from '../scatterRows/scatterRows.ts';

export const GATHER_ROWS = kernelToken('SemblanceGatherRows', { inputs: ['x', 'places'], outputs: ['y'] });

/** @param x [n, d]; @param places rows of x, m of them. Returns [m, d]. */
export function gatherRows(x: tf.Tensor2D, places: Int32Array): tf.Tensor2D {
  const rows = x.shape[0];
  const withIndex = (work: (index: tf.Tensor1D) => tf.Tensor2D) =>
    tf.tidy(() => work(tf.tensor1d(places, 'int32')));
  return differentiable({
    inputs: { x },
    forward: () => ({
      value: withIndex((index) =>
        hasKernel(GATHER_ROWS)
          ? (runKernel(GATHER_ROWS, { x, places: index }).y as tf.Tensor2D)
          : tf.gather(x, index),
      ),
    }),
    backward: (dy) => ({ x: () => withIndex((index) => scatterRows(dy, index, rows)) }),
  });
}
