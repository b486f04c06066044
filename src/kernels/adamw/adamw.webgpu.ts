// AdamW and the gradient's norm as kernels of the WebGPU backend: tensors of similar size share a dispatch.
import type * as tf from '@tensorflow/tfjs-core';
import { output, release, withScalarUniform } from '../buffers.webgpu.ts';
import { dispatch } from '../dispatch.webgpu.ts';
import { elementType, flatWorkgroups } from '../wgsl.ts';
import { fromList, registerKernel, type InputsOf } from '../kernelToken.ts';
import { sizeOf, type WebGpuBackend } from '../tfjsBackends.ts';
import { kernelConfigFor } from '../tuning.ts';
import { ADAMW, GRADIENT_NORM, type AdamWScalars } from './adamw.ts';
import { adamwCode, normCode, PARTS, squaresCode } from './adamw.wgsl.ts';

interface Parameter {
  tensors: { p: tf.TensorInfo; g: tf.TensorInfo; m: tf.TensorInfo; v: tf.TensorInfo };
  type: string;
  /** Number of elements of that type. */
  count: number;
  /** In numbers, not in elements of the type. */
  decayed: number;
}

/**
 * Largest size of a tensor in a dispatch relative to the first: each tensor gets as many invocations as the largest.
 */
const LIKE = 2;

/** Lists of at most `most` tensors of similar size, each list of one element type. */
function grouped<T extends { count: number }>(
  all: readonly T[],
  kind: (one: T) => string,
  most: number,
): T[][] {
  const groups: T[][] = [];
  for (const one of [...all].sort((a, b) => kind(a).localeCompare(kind(b)) || a.count - b.count)) {
    const last = groups.at(-1);
    const joins = last && last.length < most && kind(last[0]!) === kind(one);
    if (joins && one.count <= LIKE * last[0]!.count) last.push(one);
    else groups.push([one]);
  }
  return groups;
}

function adamw(
  inputs: InputsOf<typeof ADAMW>,
  attrs: AdamWScalars & { count: number; decayed: number[] },
  backend: WebGpuBackend,
): void {
  const { count, beta1, beta2, rate, epsilon, decayFirst, decayFactor, decayed } = attrs;
  const parameters = Array.from({ length: count }, (_, i): Parameter => {
    const tensors = { p: inputs[`p${i}`]!, g: inputs[`g${i}`]!, m: inputs[`m${i}`]!, v: inputs[`v${i}`]! };
    return { tensors, ...elementType(sizeOf(tensors.p)), decayed: decayed[i]! };
  });
  const most = Math.floor(backend.device.limits.maxStorageBuffersPerShaderStage / 4);
  const words = [beta1, 1 - beta1, beta2, 1 - beta2, rate, epsilon, decayFactor].map((f32) => ({ f32 }));
  for (const group of grouped(parameters, ({ type }) => type, most)) {
    const [across, deep] = flatWorkgroups(Math.max(...group.map((parameter) => parameter.count)));
    const { type } = group[0]!;
    const first = group.map((parameter) => parameter.decayed);
    withScalarUniform(backend, inputs.factor, [...words, ...first], (uniforms) =>
      dispatch(backend, {
        key: `semblance_adamw_${type}_${group.length}_${decayFirst}`,
        code: () => adamwCode(type, group.length, decayFirst),
        writes: group.flatMap(({ tensors: { p, m, v } }) => [p, m, v]),
        reads: group.map(({ tensors }) => tensors.g),
        uniforms,
        workgroups: [across, group.length, deep],
      }),
    );
  }
}

function gradientNorm(backend: WebGpuBackend, tensors: tf.TensorInfo[], maximum: number) {
  const [norm, factor] = [output(backend, []), output(backend, [])];
  const partial = output(backend, [tensors.length * PARTS]);
  const most = backend.device.limits.maxStorageBuffersPerShaderStage - 1;
  const measured = tensors.map((x) => ({ x, ...elementType(sizeOf(x)) }));
  let first = 0;
  for (const group of grouped(measured, ({ type }) => type, most)) {
    const { type } = group[0]!;
    dispatch(backend, {
      key: `semblance_squares_${type}_${group.length}`,
      code: () => squaresCode(type, group.length),
      writes: [partial],
      reads: group.map(({ x }) => x),
      uniforms: [first],
      workgroups: [PARTS / 64, group.length, 1],
    });
    first += group.length;
  }
  const lanes = kernelConfigFor(backend).software ? 1 : 256;
  dispatch(backend, {
    key: `semblance_norm_${lanes}`,
    code: () => normCode(lanes),
    writes: [norm, factor],
    reads: [partial],
    uniforms: [{ f32: maximum }],
    workgroups: [1, 1, 1],
  });
  release(backend, partial);
  return { norm, factor };
}

export function registerAdamWOnWebGpu(): void {
  registerKernel(ADAMW, 'webgpu', (inputs, attributes, backend) => {
    adamw(inputs, attributes, backend);
    return {};
  });
  registerKernel(GRADIENT_NORM, 'webgpu', (inputs, { count, maximum }, backend) =>
    gradientNorm(backend, fromList('x', inputs, count), maximum),
  );
}
