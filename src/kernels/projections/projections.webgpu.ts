// The three projections and their gradients as kernels of the WebGPU backend: three matrix products a dispatch.
import * as tf from '@tensorflow/tfjs-core';
import { output } from '../dispatch.webgpu.ts';
import { dispatchProduct, productOf } from '../matMul/matMul.webgpu.ts';
import {
  PROJECTIONS,
  PROJECTIONS_INPUT_GRADIENT,
  PROJECTIONS_WEIGHT_GRADIENT,
  type ProjectionWeights,
} from './projections.ts';

type Inputs<Name extends string> = Record<Name, tf.TensorInfo>;

function projections(
  backend: unknown,
  inputs: Inputs<keyof ProjectionWeights | 'x'>,
): [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo] {
  const { x, query, key, value, queryBias, keyBias, valueBias } = inputs;
  const product = productOf(x, query, { transposeA: false, transposeB: true });
  const make = () => output(backend, [product.m, product.n]);
  const y: [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo] = [make(), make(), make()];
  dispatchProduct(backend, product, {
    a: x,
    b: [query, key, value],
    bias: [queryBias, keyBias, valueBias],
    y,
  });
  return y;
}

function inputGradient(
  backend: unknown,
  {
    dq,
    dk,
    dv,
    dPassed,
    query,
    key,
    value,
  }: Inputs<'dq' | 'dk' | 'dv' | 'dPassed' | 'query' | 'key' | 'value'>,
): tf.TensorInfo {
  const product = productOf(dq, query, { transposeA: false, transposeB: false, gradient: true });
  const dx = output(backend, [product.m, product.n]);
  dispatchProduct(backend, product, { a: [dq, dk, dv], b: [query, key, value], addend: dPassed, y: dx });
  return dx;
}

function weightGradient(
  backend: unknown,
  { dq, dk, dv, x }: Inputs<'dq' | 'dk' | 'dv' | 'x'>,
): tf.TensorInfo[] {
  const product = productOf(dq, x, { transposeA: true, transposeB: false, gradient: true });
  const three = (...shape: number[]) => [dq, dk, dv].map(() => output(backend, shape));
  const [weights, biases] = [three(product.m, product.n), three(product.m)];
  dispatchProduct(backend, product, { a: [dq, dk, dv], b: x, y: weights, sums: biases });
  return [...weights, ...biases];
}

export function registerProjectionsOnWebGpu(): void {
  const register = <Name extends string>(
    kernelName: string,
    run: (backend: unknown, inputs: Inputs<Name>) => tf.TensorInfo | tf.TensorInfo[],
  ) =>
    tf.registerKernel({
      kernelName,
      backendName: 'webgpu',
      kernelFunc: ({ inputs, backend }) => run(backend, inputs as Inputs<Name>),
    });
  register(PROJECTIONS, projections);
  register(PROJECTIONS_INPUT_GRADIENT, inputGradient);
  register(PROJECTIONS_WEIGHT_GRADIENT, weightGradient);
}
