// The dense layer and its gradients as kernels of the WebGPU backend: products with bias, or bias and GELU, as epilogue;
// on the way back with GELU's gradient, or another gradient that is added.
import * as tf from '@tensorflow/tfjs-core';
import { output } from '../dispatch.webgpu.ts';
import { dispatchProduct, productOf } from '../matMul/matMul.webgpu.ts';
import { INPUT_GRADIENT, LINEAR, WEIGHT_GRADIENT, type LinearAttributes } from './linear.ts';

function weightGradient(backend: unknown, dz: tf.TensorInfo, x: tf.TensorInfo): tf.TensorInfo[] {
  const product = productOf(dz, x, { transposeA: true, transposeB: false, gradient: true });
  const [dWeight, dBias] = [output(backend, [product.m, product.n]), output(backend, [product.m])];
  dispatchProduct(backend, product, { a: dz, b: x, y: dWeight, sums: dBias });
  return [dWeight, dBias];
}

interface InputGradientInputs {
  dy: tf.TensorInfo;
  weight: tf.TensorInfo;
  z?: tf.TensorInfo;
  addend?: tf.TensorInfo;
}

function inputGradient(backend: unknown, { dy, weight, z, addend }: InputGradientInputs): tf.TensorInfo {
  const product = productOf(dy, weight, { transposeA: false, transposeB: false, gradient: true });
  const dx = output(backend, [product.m, product.n]);
  dispatchProduct(backend, product, { a: dy, b: weight, y: dx, z, addend });
  return dx;
}

export function registerLinearOnWebGpu(): void {
  tf.registerKernel({
    kernelName: INPUT_GRADIENT,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend }) => inputGradient(backend, inputs as unknown as InputGradientInputs),
  });
  tf.registerKernel({
    kernelName: WEIGHT_GRADIENT,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend }) => weightGradient(backend, inputs.dz!, inputs.x!),
  });
  tf.registerKernel({
    kernelName: LINEAR,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { x, weight, bias } = inputs as Record<'x' | 'weight' | 'bias', tf.TensorInfo>;
      const product = productOf(x, weight, { transposeA: false, transposeB: true });
      const make = () => output(backend, [product.m, product.n]);
      const y = make();
      const before = (attrs as unknown as LinearAttributes).gelu ? make() : undefined;
      dispatchProduct(backend, product, { a: x, b: weight, bias, y, ...(before && { before }) });
      return before ? [y, before] : [y];
    },
  });
}
