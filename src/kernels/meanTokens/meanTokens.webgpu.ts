// The mean over the tokens of a sentence, and its gradient, as kernels of the WebGPU backend.
import type * as tf from '@tensorflow/tfjs-core';
import { output } from '../buffers.webgpu.ts';
import { dispatch } from '../dispatch.webgpu.ts';
import { elementType, flatMain, flatWorkgroups, header } from '../wgsl.ts';
import { registerKernel } from '../kernelToken.ts';
import type { WebGpuBackend } from '../tfjsBackends.ts';
import { MEAN_TOKENS, MEAN_TOKENS_GRADIENT } from './meanTokens.ts';

const UNIFORMS = 'size : u32, width : u32, length : u32';

function meanTokensCode(type: string): string {
  return `${header({ y: type }, { x: type, lengths: 'i32' }, UNIFORMS)}
  ${flatMain(`
    if (index >= uniforms.size) { return; }
    let row = index / uniforms.width;
    let tokenCount = u32(lengths[row]);
    var at = row * uniforms.length * uniforms.width + index % uniforms.width;
    var sum = ${type}();
    for (var t = 0u; t < tokenCount; t++) {
      sum += x[at];
      at += uniforms.width;
    }
    y[index] = sum / f32(max(tokenCount, 1u));
  `)}`;
}

function meanTokensGradientCode(type: string): string {
  return `${header({ dx: type }, { dy: type, lengths: 'i32' }, UNIFORMS)}
  ${flatMain(`
    if (index >= uniforms.size) { return; }
    let token = index / uniforms.width;
    let row = token / uniforms.length;
    let tokenCount = u32(lengths[row]);
    let gradient = dy[row * uniforms.width + index % uniforms.width] / f32(max(tokenCount, 1u));
    dx[index] = select(${type}(), gradient, token % uniforms.length < tokenCount);
  `)}`;
}

function meanTokens(backend: WebGpuBackend, states: tf.TensorInfo, lengths: tf.TensorInfo): tf.TensorInfo {
  const [rows, length, features] = states.shape as [number, number, number];
  const { type, count: width } = elementType(features);
  const y = output(backend, [rows, features]);
  dispatch(backend, {
    key: `semblance_meanTokens_${type}`,
    code: () => meanTokensCode(type),
    writes: [y],
    reads: [states, lengths],
    uniforms: [rows * width, width, length],
    workgroups: flatWorkgroups(rows * width),
  });
  return y;
}

function meanTokensGradient(
  backend: WebGpuBackend,
  dy: tf.TensorInfo,
  lengths: tf.TensorInfo,
  length: number,
): tf.TensorInfo {
  const [rows, features] = dy.shape as [number, number];
  const { type, count: width } = elementType(features);
  const dx = output(backend, [rows, length, features]);
  const size = rows * length * width;
  dispatch(backend, {
    key: `semblance_meanTokensGradient_${type}`,
    code: () => meanTokensGradientCode(type),
    writes: [dx],
    reads: [dy, lengths],
    uniforms: [size, width, length],
    workgroups: flatWorkgroups(size),
  });
  return dx;
}

export function registerMeanTokensOnWebGpu(): void {
  registerKernel(MEAN_TOKENS, 'webgpu', ({ states, lengths }, _, backend) => ({
    mean: meanTokens(backend, states, lengths),
  }));
  registerKernel(MEAN_TOKENS_GRADIENT, 'webgpu', ({ dy, lengths }, { length }, backend) => ({
    dStates: meanTokensGradient(backend, dy, lengths, length),
  }));
}
