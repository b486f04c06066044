// The two dense layers after attention, with GELU between them; their input is passed on to the residual connection.
//
//   z = x W1^T + b1     y = gelu(z) W2^T + b2     passed = x
//   dz = gelu'(z) (dy W2)     dx = dz W1 + dPassed     dW and db of each as in linear/linear.ts
//
// Implemented as one operation, so that gelu' and the sum of gradients become epilogues of matrix products. Composed
// of the kernels of linear/linear.ts.
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from '../kernelToken.ts';
import { INPUT_GRADIENT, LINEAR, linear, linearGelu, WEIGHT_GRADIENT } from '../linear/linear.ts';
import { differentiable } from '../differentiable.ts';

export interface FeedForwardWeights {
  /** [intermediate, in] */
  inner: tf.Tensor2D;
  /** [intermediate] */
  innerBias: tf.Tensor1D;
  /** [out, intermediate] */
  outer: tf.Tensor2D;
  /** [out] */
  outerBias: tf.Tensor1D;
}

export interface FeedForwardOutput {
  /** [rows, out] */
  y: tf.Tensor2D;
  /** The input again, for the residual connection. */
  passed: tf.Tensor2D;
}

/**
 * @param x [rows, in]
 * @param rows int32: the rows that are needed (all when omitted); a kernel may return 0 for the others
 */
export function feedForward(
  x: tf.Tensor2D,
  weights: FeedForwardWeights,
  rows?: tf.Tensor1D,
): FeedForwardOutput {
  return hasKernel(INPUT_GRADIENT) ? fused(x, weights) : composedFeedForward(x, weights, rows);
}

export function composedFeedForward(
  x: tf.Tensor2D,
  { inner, innerBias, outer, outerBias }: FeedForwardWeights,
  rows?: tf.Tensor1D,
): FeedForwardOutput {
  const activated = linearGelu(x, inner, innerBias, rows);
  return { y: linear(activated, outer, outerBias, rows), passed: x };
}

function fused(x: tf.Tensor2D, weights: FeedForwardWeights): FeedForwardOutput {
  const { inner, innerBias, outer, outerBias } = weights;
  const [y, passed] = differentiable({
    inputs: { x, ...weights },
    forward: () => {
      const first = runKernel(LINEAR, { x, weight: inner, bias: innerBias }, { gelu: true });
      const activated = first.y;
      const second = runKernel(LINEAR, { x: activated, weight: outer, bias: outerBias }, { gelu: false });
      return {
        value: [second.y as tf.Tensor2D, tf.clone(x)],
        saved: { x, z: first.z, activated, inner, outer },
      };
    },
    backward: ([dy, dPassed], saved) => {
      const { dx: dz } = runKernel(INPUT_GRADIENT, { dy: dy, weight: saved.outer, z: saved.z });
      const outerGradient = runKernel(WEIGHT_GRADIENT, { dz: dy, x: saved.activated });
      const innerGradient = runKernel(WEIGHT_GRADIENT, { dz, x: saved.x });
      return {
        x: () => runKernel(INPUT_GRADIENT, { dy: dz, weight: saved.inner, addend: dPassed }).dx,
        inner: () => innerGradient.dWeight,
        innerBias: () => innerGradient.dBias,
        outer: () => outerGradient.dWeight,
        outerBias: () => outerGradient.dBias,
      };
    },
  });
  return { y, passed };
}
