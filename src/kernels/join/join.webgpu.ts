// Tensors laid end to end on WebGPU: by copies between buffers, which are commands but no dispatches.
import * as tf from '@tensorflow/tfjs-core';
import { bufferOf, internals, output } from '../dispatch.webgpu.ts';
import { JOIN, PART } from './join.ts';

const sizeOf = ({ shape }: tf.TensorInfo) => tf.util.sizeFromShape(shape);

/** Copies between one tensor and the tensors that are its stretches, in order. */
function copyStretches(
  backend: unknown,
  whole: tf.TensorInfo,
  stretches: readonly tf.TensorInfo[],
  towards: 'whole' | 'stretches',
): void {
  // Nothing is computed while programs are compiled ahead (compileAhead); a copy would be of no numbers.
  if (tf.env().getBool('WEBGPU_ENGINE_COMPILE_ONLY')) return;
  const gpu = internals(backend);
  const buffer = bufferOf(gpu, whole);
  const buffers = stretches.map((tensor) => bufferOf(gpu, tensor));
  gpu.ensureCommandEncoderReady();
  gpu.endComputePassEncoder();
  const encoder = gpu.commandEncoder!;
  let at = 0;
  buffers.forEach((stretch, i) => {
    const bytes = 4 * sizeOf(stretches[i]!);
    if (towards === 'whole') encoder.copyBufferToBuffer(stretch, 0, buffer, at, bytes);
    else encoder.copyBufferToBuffer(buffer, at, stretch, 0, bytes);
    at += bytes;
  });
  for (const { dataId } of [whole, ...stretches]) gpu.commandQueueOwnedIds.add(dataId);
  // What was read back once is not true any more.
  for (const { dataId } of towards === 'whole' ? [whole] : stretches) gpu.tensorMap.get(dataId).values = null;
}

function listed(inputs: Record<string, tf.TensorInfo>, count: number): tf.TensorInfo[] {
  return Array.from({ length: count }, (_, i) => inputs[`x${i}`]!);
}

export function registerJoinOnWebGpu(): void {
  tf.registerKernel({
    kernelName: JOIN,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const tensors = listed(inputs as Record<string, tf.TensorInfo>, attrs!.count as number);
      const y = output(backend, [tensors.reduce((total, x) => total + sizeOf(x), 0)]);
      copyStretches(backend, y, tensors, 'whole');
      return y;
    },
  });
  tf.registerKernel({
    kernelName: PART,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const given = inputs as Record<string, tf.TensorInfo>;
      copyStretches(backend, given.joined!, listed(given, attrs!.count as number), 'stretches');
      return [];
    },
  });
}
