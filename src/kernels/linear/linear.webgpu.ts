// The dense layer as a kernel of the WebGPU backend: a product with bias, or bias and GELU, as its epilogue.
import * as tf from '@tensorflow/tfjs-core';
import { output } from '../dispatch.webgpu.ts';
import { dispatchProduct, productOf } from '../matMul/matMul.webgpu.ts';
import { LINEAR, type LinearAttributes } from './linear.ts';

export function registerLinearOnWebGpu(): void {
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
