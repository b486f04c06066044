// The dense layer and its gradients as kernels of the WebGPU backend: products with bias, or bias and GELU, as
// epilogue; in the backward pass with GELU's gradient or the addition of another gradient.
import { output } from '../buffers.webgpu.ts';
import { registerKernel } from '../kernelToken.ts';
import { dispatchProduct, productOf } from '../matMul/matMul.webgpu.ts';
import { INPUT_GRADIENT, LINEAR, WEIGHT_GRADIENT } from './linear.ts';

export function registerLinearOnWebGpu(): void {
  registerKernel(LINEAR, 'webgpu', ({ x, weight, bias }, { gelu }, backend) => {
    const product = productOf(x, weight, { transposeA: false, transposeB: true });
    const make = () => output(backend, [product.m, product.n]);
    const y = make();
    const z = gelu ? make() : undefined;
    dispatchProduct(backend, product, { a: x, b: weight, bias, y, ...(z && { before: z }) });
    return { y, z };
  });
  registerKernel(INPUT_GRADIENT, 'webgpu', ({ dy, weight, z, addend }, _, backend) => {
    const product = productOf(dy, weight, { transposeA: false, transposeB: false, gradient: true });
    const dx = output(backend, [product.m, product.n]);
    dispatchProduct(backend, product, { a: dy, b: weight, y: dx, z, addend });
    return { dx };
  });
  registerKernel(WEIGHT_GRADIENT, 'webgpu', ({ dz, x }, _, backend) => {
    const product = productOf(dz, x, { transposeA: true, transposeB: false, gradient: true });
    const [dWeight, dBias] = [output(backend, [product.m, product.n]), output(backend, [product.m])];
    dispatchProduct(backend, product, { a: dz, b: x, y: dWeight, sums: dBias });
    return { dWeight, dBias };
  });
}
