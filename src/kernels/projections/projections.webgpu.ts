// The query, key and value projections and their gradients as WebGPU kernels: three matrix products per dispatch.
import { output } from '../buffers.webgpu.ts';
import { registerKernel } from '../kernelToken.ts';
import { dispatchProduct, productOf } from '../matMul/matMul.webgpu.ts';
import { PROJECTIONS, PROJECTIONS_INPUT_GRADIENT, PROJECTIONS_WEIGHT_GRADIENT } from './projections.ts';

export function registerProjectionsOnWebGpu(): void {
  registerKernel(PROJECTIONS, 'webgpu', ({ x, ...weights }, _, backend) => {
    const { query, key, value, queryBias, keyBias, valueBias } = weights;
    const product = productOf(x, query, { transposeA: false, transposeB: true });
    const make = () => output(backend, [product.m, product.n]);
    const [q, k, v] = [make(), make(), make()];
    const bias = [queryBias, keyBias, valueBias];
    dispatchProduct(backend, product, { a: x, b: [query, key, value], bias, y: [q, k, v] });
    return { q, k, v };
  });
  registerKernel(PROJECTIONS_INPUT_GRADIENT, 'webgpu', ({ dq, dk, dv, dPassed, ...weights }, _, backend) => {
    const { query, key, value } = weights;
    const product = productOf(dq, query, { transposeA: false, transposeB: false, gradient: true });
    const dx = output(backend, [product.m, product.n]);
    const operands = { a: [dq, dk, dv], b: [query, key, value] };
    dispatchProduct(backend, product, { ...operands, addend: dPassed, y: dx });
    return { dx };
  });
  registerKernel(PROJECTIONS_WEIGHT_GRADIENT, 'webgpu', ({ dq, dk, dv, x }, _, backend) => {
    const product = productOf(dq, x, { transposeA: true, transposeB: false, gradient: true });
    const weight = () => output(backend, [product.m, product.n]);
    const bias = () => output(backend, [product.m]);
    const [dQuery, dKey, dValue] = [weight(), weight(), weight()];
    const [dQueryBias, dKeyBias, dValueBias] = [bias(), bias(), bias()];
    dispatchProduct(backend, product, {
      a: [dq, dk, dv],
      b: x,
      y: [dQuery, dKey, dValue],
      sums: [dQueryBias, dKeyBias, dValueBias],
    });
    return { dQuery, dKey, dValue, dQueryBias, dKeyBias, dValueBias };
  });
}
