// The query, key and value projections of self-attention: three dense layers over one input, which is passed on to
// the residual connection.
//
//   q = x Wq^T + bq     k = x Wk^T + bk     v = x Wv^T + bv     passed = x
//   dx = dq Wq + dk Wk + dv Wv + dPassed     dW and db of each as in linear/linear.ts
//
// Implemented as one operation, so that no separate kernels are needed to sum the gradients.
//
// Kernel "SemblanceProjections" {x [n, in], query, key, value [out, in], queryBias, keyBias, valueBias [out]}
//   -> [q, k, v [n, out]]
// Kernel "SemblanceProjectionsInputGradient" {dq, dk, dv, dPassed, query, key, value} -> dx
// Kernel "SemblanceProjectionsWeightGradient" {dq, dk, dv, x}
//   -> [dQuery, dKey, dValue, dQueryBias, dKeyBias, dValueBias]
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelToken, runKernel } from '../kernelToken.ts';
import { linear } from '../linear/linear.ts';
import { differentiable } from '../differentiable.ts';

export const PROJECTIONS = kernelToken('SemblanceProjections', {
  inputs: ['x', 'query', 'key', 'value', 'queryBias', 'keyBias', 'valueBias'],
  outputs: ['q', 'k', 'v'],
});
export const PROJECTIONS_INPUT_GRADIENT = kernelToken('SemblanceProjectionsInputGradient', {
  inputs: ['dq', 'dk', 'dv', 'dPassed', 'query', 'key', 'value'],
  outputs: ['dx'],
});
export const PROJECTIONS_WEIGHT_GRADIENT = kernelToken('SemblanceProjectionsWeightGradient', {
  inputs: ['dq', 'dk', 'dv', 'x'],
  outputs: ['dQuery', 'dKey', 'dValue', 'dQueryBias', 'dKeyBias', 'dValueBias'],
});

/** int32: the rows that are needed (all when omitted); a kernel may return 0 for the others. */
export interface ProjectionRows {
  tokens?: tf.Tensor1D | undefined;
  /** For q only. */
  queries?: tf.Tensor1D | undefined;
}

export interface ProjectionWeights {
  /** [out, in], as are key and value. */
  query: tf.Tensor2D;
  key: tf.Tensor2D;
  value: tf.Tensor2D;
  /** [out] */
  queryBias: tf.Tensor1D;
  keyBias: tf.Tensor1D;
  valueBias: tf.Tensor1D;
}

export interface ProjectionsOutput {
  /** [rows, out], as are k and v. */
  q: tf.Tensor2D;
  k: tf.Tensor2D;
  v: tf.Tensor2D;
  /** The input again, for the residual connection. */
  passed: tf.Tensor2D;
}

/** @param x [rows, in] */
export function projections(
  x: tf.Tensor2D,
  weights: ProjectionWeights,
  rows: ProjectionRows = {},
): ProjectionsOutput {
  return hasKernel(PROJECTIONS) ? fused(x, weights) : composedProjections(x, weights, rows);
}

export function composedProjections(
  x: tf.Tensor2D,
  weights: ProjectionWeights,
  { tokens, queries = tokens }: ProjectionRows = {},
): ProjectionsOutput {
  return {
    q: linear(x, weights.query, weights.queryBias, queries),
    k: linear(x, weights.key, weights.keyBias, tokens),
    v: linear(x, weights.value, weights.valueBias, tokens),
    passed: x,
  };
}

function fused(x: tf.Tensor2D, weights: ProjectionWeights): ProjectionsOutput {
  const { query, key, value } = weights;
  const [q, k, v, passed] = differentiable({
    inputs: { x, ...weights },
    forward: () => {
      const made = runKernel(PROJECTIONS, { x, ...weights });
      return {
        value: [made.q, made.k, made.v, tf.clone(x)] as tf.Tensor2D[],
        saved: { x, query, key, value },
      };
    },
    backward: ([dq, dk, dv, dPassed], { x: input, ...saved }) => {
      const outer = { dq: dq!, dk: dk!, dv: dv! };
      const made = runKernel(PROJECTIONS_WEIGHT_GRADIENT, { ...outer, x: input });
      return {
        x: () => runKernel(PROJECTIONS_INPUT_GRADIENT, { ...outer, dPassed: dPassed!, ...saved }).dx,
        query: () => made.dQuery,
        key: () => made.dKey,
        value: () => made.dValue,
        queryBias: () => made.dQueryBias,
        keyBias: () => made.dKeyBias,
        valueBias: () => made.dValueBias,
      };
    },
  });
  return { q: q!, k: k!, v: v!, passed: passed! };
}
