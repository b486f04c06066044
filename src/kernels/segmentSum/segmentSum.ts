// UnsortedSegmentSum for the WASM backend: the one kernel that training an embedding table needs and it lacks.
import * as tf from '@tensorflow/tfjs-core';
import { wasmHeap, type WasmBackendLike } from '../program.ts';

/** Adds rows of `values` [rows, width] into `output` [segments, width] by id; ids outside are dropped, as tfjs does. */
export function composedSegmentSum(
  values: Float32Array,
  ids: Int32Array,
  output: Float32Array,
  width: number,
): void {
  output.fill(0);
  const segments = width === 0 ? 0 : output.length / width;
  ids.forEach((id, row) => {
    if (id < 0 || id >= segments) return;
    for (let k = 0; k < width; k++) output[id * width + k]! += values[row * width + k]!;
  });
}

export function registerSegmentSum(): void {
  tf.registerKernel({
    kernelName: tf.UnsortedSegmentSum,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const wasm = backend as WasmBackendLike;
      const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
      const { numSegments } = attrs as { numSegments: number };
      const inner = x.shape.slice(segmentIds.shape.length);
      const output = wasm.makeOutput([numSegments, ...inner], 'float32');
      const ids = wasm.typedArrayFromHeap(segmentIds) as Int32Array;
      composedSegmentSum(wasmHeap(wasm, x), ids, wasmHeap(wasm, output), tf.util.sizeFromShape(inner));
      return output;
    },
  });
}
