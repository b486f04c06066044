// Runs WGSL of our own on the device of tfjs's WebGPU backend: several outputs, tensors written in place, and no prelude.
// Work joins the backend's command encoder, so it keeps its place among tfjs's own kernels; pipelines join its cache.
import type * as tf from '@tensorflow/tfjs-core';
import { env } from '@tensorflow/tfjs-core';
import type { WebGpuBackend } from './tfjsBackends.ts';

export type Workgroups = readonly [number, number, number];

export interface Dispatch {
  /** Names the pipeline: whatever changes the code must be in it. */
  key: string;
  /** WGSL with an entry point `main`. */
  code: () => string;
  /** Bindings 0 to n - 1 of group 0, in order: what is written, then what is only read. */
  writes: readonly tf.TensorInfo[];
  reads: readonly tf.TensorInfo[];
  /** The uniform buffer, bound last: 4-byte words, or what uniformsWithScalar() made. */
  uniforms: readonly Word[] | GPUBuffer;
  /** Do the uniforms change from step to step? The others are written once and kept. */
  changing?: boolean;
  workgroups: Workgroups;
}

/** A word of a uniform buffer: an unsigned integer, or a float marked as one. */
export type Word = number | { f32: number };

/** An output tensor, to be written by dispatches. */
export function output(
  backend: WebGpuBackend,
  shape: number[],
  dtype: tf.DataType = 'float32',
): tf.TensorInfo {
  return backend.makeTensorInfo(shape, dtype);
}

/** Gives back a tensor that no one else has seen. */
export function release(backend: WebGpuBackend, { dataId }: tf.TensorInfo): void {
  backend.disposeData(dataId);
}

function sizeOf({ shape }: tf.TensorInfo): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** A tensor's buffer, made (and filled from the host's values) when it has none yet. */
export function bufferOf(backend: WebGpuBackend, tensor: tf.TensorInfo): GPUBuffer {
  const data = backend.tensorMap.get(tensor.dataId);
  if (data.resource) return data.resource;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  // A free buffer is in no command that waits, so it may be written at once.
  const buffer = backend.bufferManager.acquireBuffer(4 * data.shape.reduce((a, b) => a * b, 1), usage);
  if (data.values) {
    const { values } = data;
    const words = values instanceof Uint8Array ? Int32Array.from(values) : values;
    backend.queue.writeBuffer(buffer, 0, words.buffer, words.byteOffset, words.byteLength);
    // Integers are kept: kernels look at them on the host, see hostIntegers().
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

/** Uniform buffers by content, per device: sizes come again every step and need no second write. */
const uniformsByDevice = new WeakMap<GPUDevice, Map<string, GPUBuffer>>();
const MAX_UNIFORMS = 512;

function packed(words: readonly Word[]): ArrayBuffer {
  const bytes = new ArrayBuffer(16 * Math.max(1, Math.ceil(words.length / 4)));
  const [integers, floats] = [new Uint32Array(bytes), new Float32Array(bytes)];
  words.forEach((word, i) => {
    if (typeof word === 'number') integers[i] = word;
    else floats[i] = word.f32;
  });
  return bytes;
}

function uniformBuffer(backend: WebGpuBackend, words: readonly Word[], changing: boolean): GPUBuffer {
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

/** Runs dispatches with a uniform buffer whose first word is a scalar of the device; it never comes to the host. */
export function withScalarUniform(
  backend: WebGpuBackend,
  scalar: tf.TensorInfo,
  words: readonly Word[],
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
  // Not sooner: whatever waits here is given away at the next submission.
  backend.uniformPendingDisposal.push(buffer);
}

function descriptorOf(backend: WebGpuBackend, key: string, code: () => string): GPUComputePipelineDescriptor {
  const module = backend.device.createShaderModule({ code: code(), label: key });
  return { compute: { module, entryPoint: 'main' }, layout: 'auto', label: key };
}

function pipelineOf(backend: WebGpuBackend, key: string, code: () => string): GPUComputePipeline {
  const known = backend.pipelineCache[key];
  // One that is still being compiled beside other work is made at once, now that it is needed.
  if (known && !(known instanceof Promise)) return known;
  return (backend.pipelineCache[key] = backend.device.createComputePipeline(
    descriptorOf(backend, key, code),
  ));
}

/** tfjs's flag: its programs are compiled beside other work and not run. Ours do the same. */
const ONLY_COMPILE = 'WEBGPU_ENGINE_COMPILE_ONLY';
/** tfjs's flag: small tensors that are not on the device are computed with on the host. */
const ON_HOST = 'WEBGPU_CPU_FORWARD';

/**
 * Compiles what `work` would dispatch, all of it at once and beside other work. Nothing is computed: what the work
 * makes holds no numbers and must not be read back. A pipeline that cannot be made is left out; it tells what is wrong
 * with it when it is needed.
 * @param tell told how many of how many new pipelines are there
 * @returns whether all could be made
 */
export async function compileAhead(
  backend: WebGpuBackend,
  work: () => void,
  tell?: (done: number, all: number) => void,
): Promise<boolean> {
  const { device, pipelineCache } = backend;
  const before = new Set(Object.keys(pipelineCache));
  device.pushErrorScope('validation');
  const onHost = env().getBool(ON_HOST);
  env().set(ONLY_COMPILE, true);
  // What was not computed is nowhere.
  env().set(ON_HOST, false);
  try {
    work();
  } finally {
    env().set(ONLY_COMPILE, false);
    env().set(ON_HOST, onHost);
    device.popErrorScope().catch(() => undefined);
  }
  const waiting = Object.entries(pipelineCache).filter(([key]) => !before.has(key));
  let done = 0;
  const arrive = async ([key, promise]: (typeof waiting)[number]): Promise<boolean> => {
    const pipeline = await Promise.resolve(promise).catch(() => undefined);
    if (pipelineCache[key] === promise) {
      if (pipeline) pipelineCache[key] = pipeline;
      else Reflect.deleteProperty(pipelineCache, key);
    }
    tell?.(++done, waiting.length);
    return pipeline !== undefined;
  };
  return (await Promise.all(waiting.map(arrive))).every(Boolean);
}

/** Hands in what waits and resolves when the device has done it. */
export async function finished(backend: WebGpuBackend): Promise<void> {
  if (backend.commandEncoder) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
  await backend.queue.onSubmittedWorkDone();
}

/** Puts one dispatch into the queue. Nothing is done when there is nothing to write. */
export function dispatch(backend: WebGpuBackend, given: Dispatch): void {
  const { key, code, writes, reads, uniforms, changing = false, workgroups } = given;
  if (writes.every((tensor) => sizeOf(tensor) === 0)) return;
  if (env().getBool(ONLY_COMPILE)) {
    backend.pipelineCache[key] ??= backend.device.createComputePipelineAsync(
      descriptorOf(backend, key, code),
    );
    return;
  }
  const pipeline = pipelineOf(backend, key, code);
  const tensors = [...writes, ...reads];
  const buffers = tensors.map((tensor) => bufferOf(backend, tensor));
  for (const { dataId } of tensors) backend.commandQueueOwnedIds.add(dataId);
  // What was read back once is not true any more.
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

/** The pass that waits for dispatches; one of its own while tfjs measures times. */
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

/** Types of storage bindings, by name, in the order of a dispatch's tensors; the uniform struct comes last. */
export function header(
  writes: Record<string, string>,
  reads: Record<string, string>,
  uniforms?: string,
): string {
  const lines: string[] = [];
  const bind = (access: string) => {
    return ([name, type]: [string, string]) => {
      lines.push(`@group(0) @binding(${lines.length}) var<storage, ${access}> ${name} : array<${type}>;`);
    };
  };
  Object.entries(writes).forEach(bind('read_write'));
  Object.entries(reads).forEach(bind('read'));
  if (uniforms !== undefined)
    lines.push(
      `struct Uniforms { ${uniforms} };`,
      `@group(0) @binding(${lines.length}) var<uniform> uniforms : Uniforms;`,
    );
  return `${lines.join('\n')}\n`;
}

/** Four elements at a time where they come in fours: the WGSL type, and how many of it there are. */
export function elementType(...sizes: number[]): { type: 'vec4<f32>' | 'f32'; count: number } {
  const fours = sizes.every((size) => size % 4 === 0);
  return fours ? { type: 'vec4<f32>', count: sizes[0]! / 4 } : { type: 'f32', count: sizes[0]! };
}

/** Most workgroups along one axis that every device allows. */
const MOST = 65535;

/** Workgroups for `count` invocations that walk a flat index of flatMain(). */
export function flatWorkgroups(count: number, size = 64): Workgroups {
  const groups = Math.max(1, Math.ceil(count / size));
  const rows = Math.ceil(groups / MOST);
  return [Math.ceil(groups / rows), rows, 1];
}

/** An entry point of 64 invocations with `index`, the flat number of the invocation. */
export function flatMain(body: string, size = 64): string {
  return `
  @compute @workgroup_size(${size}) fn main(
    @builtin(workgroup_id) group : vec3<u32>,
    @builtin(num_workgroups) groups : vec3<u32>,
    @builtin(local_invocation_index) local : u32
  ) {
    let index = (group.y * groups.x + group.x) * ${size}u + local;
    ${body}
  }`;
}
