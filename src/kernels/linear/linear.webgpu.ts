// The dense layer and the gradient of its parameters as kernels of the WebGPU backend: a product with bias, or bias and GELU, as its epilogue.
import * as tf from '@tensorflow/tfjs-core';
import { output } from '../dispatch.webgpu.ts';
import { dispatchProduct, productOf } from '../matMul/matMul.webgpu.ts';
import { LINEAR, WEIGHT_GRADIENT, type LinearAttributes } from './linear.ts';

function weightGradient(backend: unknown, dz: tf.TensorInfo, x: tf.TensorInfo): tf.TensorInfo[] {
  const product = productOf(dz, x, { transposeA: true, transposeB: false });
  const [dWeight, dBias] = [output(backend, [product.m, product.n]), output(backend, [product.m])];
  dispatchProduct(backend, product, { a: dz, b: x, y: dWeight, sums: dBias });
  return [dWeight, dBias];
}

export function registerLinearOnWebGpu(): void {
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
