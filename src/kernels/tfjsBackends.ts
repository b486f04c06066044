// Types of the parts of tfjs's backends that our kernels use, some of which are private.
import * as tf from '@tensorflow/tfjs-core';

/** The backends by their names in tfjs's registry. */
export interface TfjsBackends {
  cpu: CpuBackend;
  wasm: WasmBackend;
  webgpu: WebGpuBackend;
}

export interface CpuBackend {
  readSync(id: object): tf.TypedArray;
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: tf.TypedArray): tf.TensorInfo;
}

export interface WasmBackend {
  wasm: {
    /** The exports of its module; in the threaded build the memory is elsewhere. */
    asm: { memory?: WebAssembly.Memory };
    wasmMemory?: WebAssembly.Memory;
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  dataIdMap: { get(id: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  typedArrayFromHeap(info: tf.TensorInfo): tf.TypedArray;
  incRef(id: object): void;
}

export interface WebGpuBackend {
  device: GPUDevice;
  queue: GPUQueue;
  /** A promise is a pipeline that is still being compiled. */
  pipelineCache: Record<string, GPUComputePipeline | Promise<GPUComputePipeline>>;
  tensorMap: { get(id: object): TensorData };
  bufferManager: {
    acquireBuffer(size: number, usage: number): GPUBuffer;
    releaseBuffer(buffer: GPUBuffer): void;
  };
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  uniformPendingDisposal: GPUBuffer[];
  dispatchCountInPass: number;
  activeTimers: { name: string; query: Promise<number> }[] | undefined;
  supportTimestampQuery: boolean;
  querySet: GPUQuerySet | null;
  querySetCount: number;
  getQueryTime(): Promise<number>;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  makeTensorInfo(shape: number[], dtype: tf.DataType, values?: tf.TypedArray): tf.TensorInfo;
  disposeData(id: object): boolean;
  incRef(id: object): void;
}

/** tfjs's record of a tensor's data on WebGPU. */
interface TensorData {
  values: tf.TypedArray | null | undefined;
  dtype: tf.DataType;
  shape: number[];
  resource?: GPUBuffer | null;
  refCount: number;
}

/** The WebGPU backend; the caller ensures that it is the one in use. */
export function webGpuBackend(): WebGpuBackend {
  const backend: unknown = tf.backend();
  return backend as WebGpuBackend;
}

/** The WASM backend; the caller ensures that it is the one in use. */
export function wasmBackend(): WasmBackend {
  const backend: unknown = tf.backend();
  return backend as WasmBackend;
}

/** A float32 tensor's values in the WASM heap, without a copy. Valid until the next allocation. */
export function wasmValues(backend: WasmBackend, tensor: tf.TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** Number of elements of a tensor. */
export function sizeOf({ shape }: { readonly shape: readonly number[] }): number {
  return shape.reduce((product, length) => product * length, 1);
}
