// Buffers of tfjs's WebGPU backend for tensors and uniforms.
import type * as tf from '@tensorflow/tfjs-core';
import { sizeOf, type WebGpuBackend } from './tfjsBackends.ts';

/** Allocates an output tensor for dispatches to write. */
export function output(
  backend: WebGpuBackend,
  shape: number[],
  dtype: tf.DataType = 'float32',
): tf.TensorInfo {
  return backend.makeTensorInfo(shape, dtype);
}

/** Frees an internal tensor to which nothing else has a reference. */
export function release(backend: WebGpuBackend, { dataId }: tf.TensorInfo): void {
  backend.disposeData(dataId);
}

/** A tensor's buffer, created (and filled with the host's values) if it has none yet. */
export function bufferOf(backend: WebGpuBackend, tensor: tf.TensorInfo): GPUBuffer {
  const data = backend.tensorMap.get(tensor.dataId);
  if (data.resource) return data.resource;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  // A free buffer is not used by any pending command, so it may be written at once.
  const buffer = backend.bufferManager.acquireBuffer(4 * sizeOf(data), usage);
  if (data.values) {
    const { values } = data;
    const words = values instanceof Uint8Array ? Int32Array.from(values) : values;
    backend.queue.writeBuffer(buffer, 0, words.buffer, words.byteOffset, words.byteLength);
    // Integers are kept: kernels read them on the host, see hostIntegers().
    if (data.dtype !== 'int32') data.values = null;
  }
  data.resource = buffer;
  return buffer;
}

/** The values of an integer tensor that came from the host; undefined when it was computed on the device. */
export function hostIntegers(backend: WebGpuBackend, { dataId }: tf.TensorInfo): Int32Array | undefined {
  const { values } = backend.tensorMap.get(dataId);
  return values instanceof Int32Array ? values : undefined;
}

/** A 4-byte value in a uniform buffer: an unsigned integer, or a float marked as one. */
export type UniformValue = number | { f32: number };

/** Uniform buffers by content, per device: the same sizes recur every step and need not be written again. */
const uniformsByDevice = new WeakMap<GPUDevice, Map<string, GPUBuffer>>();
const MAX_UNIFORMS = 512;

function packed(words: readonly UniformValue[]): ArrayBuffer {
  const bytes = new ArrayBuffer(16 * Math.max(1, Math.ceil(words.length / 4)));
  const [integers, floats] = [new Uint32Array(bytes), new Float32Array(bytes)];
  words.forEach((value, i) => {
    if (typeof value === 'number') integers[i] = value;
    else floats[i] = value.f32;
  });
  return bytes;
}

/**
 * A uniform buffer.
 * @param changing whether its values change from step to step; other buffers are written once and kept
 */
export function uniformBuffer(
  backend: WebGpuBackend,
  words: readonly UniformValue[],
  changing: boolean,
): GPUBuffer {
  let known = uniformsByDevice.get(backend.device);
  if (!known) uniformsByDevice.set(backend.device, (known = new Map<string, GPUBuffer>()));
  const bytes = packed(words);
  const name = changing ? '' : new Uint32Array(bytes).join();
  const found = known.get(name);
  if (found) return found;
  const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
  const buffer = backend.bufferManager.acquireBuffer(bytes.byteLength, usage);
  backend.queue.writeBuffer(buffer, 0, bytes);
  if (!changing && known.size < MAX_UNIFORMS) known.set(name, buffer);
  else backend.uniformPendingDisposal.push(buffer);
  return buffer;
}

/** Runs dispatches with a uniform buffer whose first word is a scalar on the device, without reading it back. */
export function withScalarUniform(
  backend: WebGpuBackend,
  scalar: tf.TensorInfo,
  words: readonly UniformValue[],
  run: (uniforms: GPUBuffer) => void,
): void {
  const bytes = packed([0, ...words]);
  const source = bufferOf(backend, scalar);
  const buffer = backend.bufferManager.acquireBuffer(
    bytes.byteLength,
    GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  );
  backend.queue.writeBuffer(buffer, 0, bytes);
  backend.commandQueueOwnedIds.add(scalar.dataId);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder!.copyBufferToBuffer(source, 0, buffer, 0, 4);
  run(buffer);
  // Not earlier: everything in this list is released at the next submission.
  backend.uniformPendingDisposal.push(buffer);
}
