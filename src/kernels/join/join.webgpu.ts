// Concatenates tensors on WebGPU by copies between buffers, which are commands but not dispatches.
import type * as tf from '@tensorflow/tfjs-core';
import { bufferOf, output } from '../buffers.webgpu.ts';
import { fromList, registerKernel } from '../kernelToken.ts';
import { onlyCompiling } from '../pipelines.webgpu.ts';
import { sizeOf, type WebGpuBackend } from '../tfjsBackends.ts';
import { JOIN, SPLIT } from './join.ts';

/** Copies between one tensor and the tensors that it concatenates, in order. */
function copyStretches(
  backend: WebGpuBackend,
  whole: tf.TensorInfo,
  stretches: readonly tf.TensorInfo[],
  towards: 'whole' | 'stretches',
): void {
  // There is nothing to copy while kernels are only compiled (compileAhead).
  if (onlyCompiling()) return;
  const buffer = bufferOf(backend, whole);
  const buffers = stretches.map((tensor) => bufferOf(backend, tensor));
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  const encoder = backend.commandEncoder!;
  let at = 0;
  buffers.forEach((stretch, i) => {
    const bytes = 4 * sizeOf(stretches[i]!);
    if (towards === 'whole') encoder.copyBufferToBuffer(stretch, 0, buffer, at, bytes);
    else encoder.copyBufferToBuffer(buffer, at, stretch, 0, bytes);
    at += bytes;
  });
  for (const { dataId } of [whole, ...stretches]) backend.commandQueueOwnedIds.add(dataId);
  // Values read back earlier are outdated now.
  for (const { dataId } of towards === 'whole' ? [whole] : stretches)
    backend.tensorMap.get(dataId).values = null;
}

export function registerJoinOnWebGpu(): void {
  registerKernel(JOIN, 'webgpu', (inputs, { count }, backend) => {
    const tensors = fromList('x', inputs, count);
    const joined = output(backend, [tensors.reduce((total, x) => total + sizeOf(x), 0)]);
    copyStretches(backend, joined, tensors, 'whole');
    return { joined };
  });
  registerKernel(SPLIT, 'webgpu', ({ joined, ...inputs }, { count }, backend) => {
    copyStretches(backend, joined, fromList('x', inputs, count), 'stretches');
    return {};
  });
}
