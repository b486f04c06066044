// InfoNCE and its gradient as kernels of the WebGPU backend.
import * as tf from '@tensorflow/tfjs-core';
import { dispatch, elementType, flatWorkgroups, output, release } from '../dispatch.webgpu.ts';
import { dispatchProduct, productOf } from '../matMul/matMul.webgpu.ts';
import { INFO_NCE, INFO_NCE_GRADIENT, type InfoNCEAttributes } from './infoNCE.ts';
import { infoNceGradientCode, infoNceRowsCode, inverseLengthsCode, meanCode } from './infoNCE.wgsl.ts';

type Tensors = Record<string, tf.TensorInfo>;

function infoNCE(backend: unknown, inputs: Tensors, { temperature }: InfoNCEAttributes): tf.TensorInfo[] {
  const { anchors, columns } = inputs as Record<'anchors' | 'columns', tf.TensorInfo>;
  const [n, m] = [anchors.shape[0]!, columns.shape[0]!];
  const { type, count: width } = elementType(anchors.shape[1]!);
  const [loss, losses, inverses] = [output(backend, []), output(backend, [n]), output(backend, [n + m])];
  const [probabilities, products] = [output(backend, [n, m]), output(backend, [n, m])];
  dispatch(backend, {
    key: `semblance_inverseLengths_${type}`,
    code: () => inverseLengthsCode(type),
    writes: [inverses],
    reads: [anchors, columns],
    uniforms: [n, m, width],
    workgroups: flatWorkgroups(n + m, 8),
  });
  const product = productOf(anchors, columns, { transposeA: false, transposeB: true });
  dispatchProduct(backend, product, { a: anchors, b: columns, y: products });
  dispatch(backend, {
    key: 'semblance_infoNceRows',
    code: infoNceRowsCode,
    writes: [probabilities, losses],
    reads: [products, inverses],
    uniforms: [n, m, { f32: temperature }],
    workgroups: flatWorkgroups(n, 8),
  });
  dispatch(backend, {
    key: 'semblance_mean',
    code: meanCode,
    writes: [loss],
    reads: [losses],
    uniforms: [n],
    workgroups: [1, 1, 1],
  });
  release(backend, losses);
  return [loss, probabilities, products, inverses];
}

function infoNceGradient(
  backend: unknown,
  inputs: Tensors,
  { temperature }: InfoNCEAttributes,
): tf.TensorInfo[] {
  const { dy, anchors, columns, probabilities, products, inverses } = inputs as Record<
    'dy' | 'anchors' | 'columns' | 'probabilities' | 'products' | 'inverses',
    tf.TensorInfo
  >;
  const [n, m] = [anchors.shape[0]!, columns.shape[0]!];
  const { type, count: width } = elementType(anchors.shape[1]!);
  const gradients = [output(backend, anchors.shape), output(backend, columns.shape)];
  dispatch(backend, {
    key: `semblance_infoNceGradient_${type}`,
    code: () => infoNceGradientCode(type),
    writes: gradients,
    reads: [dy, anchors, columns, probabilities, products, inverses],
    uniforms: [n, m, width, { f32: temperature }],
    workgroups: flatWorkgroups((n + m) * width),
  });
  return gradients;
}

export function registerInfoNceOnWebGpu(): void {
  for (const [kernelName, run] of [
    [INFO_NCE, infoNCE],
    [INFO_NCE_GRADIENT, infoNceGradient],
  ] as const) {
    tf.registerKernel({
      kernelName,
      backendName: 'webgpu',
      kernelFunc: ({ inputs, backend, attrs }) =>
        run(backend, inputs as Tensors, attrs as unknown as InfoNCEAttributes),
    });
  }
}
