// Layer normalisation of dropout(x) + residual on WASM.
import type * as tf from '@tensorflow/tfjs-core';
import { keptScale, type DropoutAttributes } from '../dropout/dropout.ts';
import { zeroed } from '../matMul/matMul.wasm.ts';
import { bits, register, type WasmRuntime } from '../wasm/runtime.ts';
import { ADD_NORM, ADD_NORM_GRADIENT } from './addNorm.ts';

/** Elements of one chunk, about, and columns of one as in addNorm.as.ts. */
const CHUNK = 8192;
const WIDTH = 16;

function maskOf({ key0, key1, threshold }: DropoutAttributes): number[] {
  return [key0, key1, threshold, bits(keptScale(threshold))];
}

export function registerAddNormOnWasm(runtime: WasmRuntime): void {
  register(runtime, ADD_NORM, (_, inputs, attributes: DropoutAttributes & { epsilon: number }) => {
    const { x, residual, gamma, bias } = inputs as Record<'x' | 'gamma' | 'bias', tf.TensorInfo> & {
      residual?: tf.TensorInfo;
      rows?: tf.TensorInfo;
    };
    const list = inputs.rows;
    const [all, width] = x.shape as [number, number];
    const [y, normalised] = [runtime.output(x.shape), runtime.output(x.shape)];
    const inverse = runtime.output([all]);
    if (list) for (const output of [y, normalised, inverse]) zeroed(runtime, output);
    const rows = list ? list.shape[0]! : all;
    const perChunk = Math.ceil(CHUNK / width);
    const args = [
      ...[runtime.at(x), residual ? runtime.at(residual) : 0, runtime.at(gamma), runtime.at(bias)],
      ...[runtime.at(y), runtime.at(normalised), runtime.at(inverse), rows, width],
      ...[bits(attributes.epsilon), ...maskOf(attributes), perChunk, list ? runtime.at(list) : 0],
    ];
    runtime.run('addNorm', args, Math.ceil(rows / perChunk), runtime.module.rowWork(width));
    return [y, normalised, inverse];
  });
  register(runtime, ADD_NORM_GRADIENT, (_, inputs, attributes: DropoutAttributes) => {
    const { dy, normalised, rstd, gamma } = inputs as Record<
      'dy' | 'normalised' | 'rstd' | 'gamma',
      tf.TensorInfo
    >;
    const [rows, width] = dy.shape as [number, number];
    const dResidual = runtime.output(dy.shape);
    const dx = attributes.threshold > 0 ? runtime.output(dy.shape) : runtime.shared(dResidual);
    const [dGain, dBias] = [runtime.output([width]), runtime.output([width])];
    const perChunk = Math.ceil(CHUNK / width);
    const args = [
      ...[dy, normalised, rstd, gamma, dx, dResidual].map((tensor) => runtime.at(tensor)),
      ...[rows, width, ...maskOf(attributes), perChunk],
    ];
    runtime.run('addNormGradient', args, Math.ceil(rows / perChunk), runtime.module.rowWork(width));
    runtime.run(
      'addNormColumns',
      [...[dy, normalised, dGain, dBias].map((tensor) => runtime.at(tensor)), rows, width],
      Math.ceil(width / WIDTH),
    );
    return [dx, dResidual, dGain, dBias];
  });
}
