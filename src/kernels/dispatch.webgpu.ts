// Runs our own WGSL on the device of tfjs's WebGPU backend: several outputs, tensors written in place, and no
// prelude. Work is added to the backend's command encoder, so it stays in order with tfjs's own kernels; pipelines
// use its cache.
import type * as tf from '@tensorflow/tfjs-core';
import { env } from '@tensorflow/tfjs-core';
import { bufferOf, uniformBuffer, type UniformValue } from './buffers.webgpu.ts';
import { compileInBackground, onlyCompiling, pipelineOf } from './pipelines.webgpu.ts';
import { sizeOf, type WebGpuBackend } from './tfjsBackends.ts';
import type { Workgroups } from './wgsl.ts';

export interface Dispatch {
  /** Key of the pipeline: it must include everything that changes the code. */
  key: string;
  /** WGSL with an entry point `main`. */
  code: () => string;
  /** Bindings 0 to n - 1 of group 0, in order: first tensors that are written, then those that are only read. */
  writes: readonly tf.TensorInfo[];
  reads: readonly tf.TensorInfo[];
  /** The uniform buffer, bound last: values of 4 bytes, or the buffer of withScalarUniform(). */
  uniforms: readonly UniformValue[] | GPUBuffer;
  /** Whether the uniforms change from step to step. Other uniforms are written once and kept. */
  changing?: boolean;
  workgroups: Workgroups;
}

/** Submits pending work and resolves when the device has finished it. */
export async function finished(backend: WebGpuBackend): Promise<void> {
  if (backend.commandEncoder) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
  await backend.queue.onSubmittedWorkDone();
}

/** Queues one dispatch. Does nothing when there are no elements to write. */
export function dispatch(backend: WebGpuBackend, given: Dispatch): void {
  const { key, code, writes, reads, uniforms, changing = false, workgroups } = given;
  if (writes.every((tensor) => sizeOf(tensor) === 0)) return;
  if (onlyCompiling()) {
    compileInBackground(backend, key, code);
    return;
  }
  const pipeline = pipelineOf(backend, key, code);
  const tensors = [...writes, ...reads];
  const buffers = tensors.map((tensor) => bufferOf(backend, tensor));
  for (const { dataId } of tensors) backend.commandQueueOwnedIds.add(dataId);
  // Values read back earlier are outdated now.
  for (const { dataId } of writes) backend.tensorMap.get(dataId).values = null;
  if (uniforms instanceof GPUBuffer) buffers.push(uniforms);
  else if (uniforms.length > 0) buffers.push(uniformBuffer(backend, uniforms, changing));
  const bindGroup = backend.device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const pass = openPass(backend);
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...workgroups);
  closePass(backend, key);
}

/** The open compute pass that collects dispatches; a separate one while tfjs measures times. */
function openPass(backend: WebGpuBackend): GPUComputePassEncoder {
  backend.ensureCommandEncoderReady();
  if (backend.activeTimers === undefined || !backend.supportTimestampQuery)
    return (backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass());
  backend.endComputePassEncoder();
  backend.querySet ??= backend.device.createQuerySet({ type: 'timestamp', count: backend.querySetCount });
  const timestampWrites = {
    querySet: backend.querySet,
    beginningOfPassWriteIndex: 0,
    endOfPassWriteIndex: 1,
  };
  return (backend.computePassEncoder = backend.commandEncoder!.beginComputePass({ timestampWrites }));
}

function closePass(backend: WebGpuBackend, name: string): void {
  backend.dispatchCountInPass++;
  if (backend.activeTimers !== undefined) {
    backend.endComputePassEncoder();
    backend.activeTimers.push({ name, query: backend.getQueryTime() });
  } else if (backend.dispatchCountInPass >= env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}
