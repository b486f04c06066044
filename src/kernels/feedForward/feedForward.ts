// The two dense layers that follow attention, with GELU between them; their input goes on beside them to the residual.
//
//   z = x W1^T + b1     y = gelu(z) W2^T + b2     passed = x
//   dz = gelu'(z) (dy W2)     dx = dz W1 + dPassed     dW and db of each as in linear/linear.ts
//
// As one operation, so that gelu' and the sum of gradients end a matrix product. Made of the kernels of linear/linear.ts.
import * as tf from '@tensorflow/tfjs-core';
import { INPUT_GRADIENT, LINEAR, linear, linearGelu, WEIGHT_GRADIENT } from '../linear/linear.ts';
import { differentiable, hasKernel, runKernel, runKernelForAll } from '../op.ts';

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

export interface FedForward {
  /** [rows, out] */
  y: tf.Tensor2D;
  /** The input again, for whoever adds it to y. */
  passed: tf.Tensor2D;
}

/**
 * @param x [rows, in]
 * @param rows int32: the rows that are wanted (all when left out); a kernel may give 0 for the others
 */
export function feedForward(x: tf.Tensor2D, weights: FeedForwardWeights, rows?: tf.Tensor1D): FedForward {
  return hasKernel(INPUT_GRADIENT) ? fused(x, weights) : composedFeedForward(x, weights, rows);
}

export function composedFeedForward(
  x: tf.Tensor2D,
  { inner, innerBias, outer, outerBias }: FeedForwardWeights,
  rows?: tf.Tensor1D,
): FedForward {
  const activated = linearGelu(x, inner, innerBias, rows);
  return { y: linear(activated, outer, outerBias, rows), passed: x };
}

function fused(x: tf.Tensor2D, weights: FeedForwardWeights): FedForward {
  const { inner, innerBias, outer, outerBias } = weights;
  const [y, passed] = differentiable<tf.Tensor2D[]>({
    inputs: { x, ...weights },
    forward: (save) => {
      const [activated, z] = runKernelForAll(LINEAR, { x, weight: inner, bias: innerBias }, { gelu: true });
      const given = { x: activated!, weight: outer, bias: outerBias };
      const [result] = runKernelForAll(LINEAR, given, { gelu: false });
      save([x, z!, activated!, inner, outer]);
      return [result as tf.Tensor2D, tf.clone(x)];
    },
    backward: ([dy, dPassed], saved) => {
      const [input, z, activated, w1, w2] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const dz = runKernel(INPUT_GRADIENT, { dy: dy!, weight: w2, z });
      const [dOuter, dOuterBias] = runKernelForAll(WEIGHT_GRADIENT, { dz: dy!, x: activated });
      const [dInner, dInnerBias] = runKernelForAll(WEIGHT_GRADIENT, { dz, x: input });
      return {
        x: () => runKernel(INPUT_GRADIENT, { dy: dz, weight: w1, addend: dPassed! }),
        inner: () => dInner!,
        innerBias: () => dInnerBias!,
        outer: () => dOuter!,
        outerBias: () => dOuterBias!,
      };
    },
  });
  return { y: y!, passed: passed! };
}
