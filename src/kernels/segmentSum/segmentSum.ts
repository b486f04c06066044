// UnsortedSegmentSum for the WASM backend: the only kernel that training an embedding table needs and that backend
// lacks.
import * as tf from '@tensorflow/tfjs-core';
import { kernelToken, registerKernel } from '../kernelToken.ts';
import { wasmValues } from '../tfjsBackends.ts';

const SEGMENT_SUM = kernelToken(tf.UnsortedSegmentSum, {
  inputs: ['x', 'segmentIds'],
  attributes: {} as { numSegments: number },
  outputs: ['sums'],
});

/** Adds rows of `values` [rows, width] to `output` [segments, width] by id; ids outside are ignored, as in tfjs. */
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
  registerKernel(SEGMENT_SUM, 'wasm', ({ x, segmentIds }, { numSegments }, backend) => {
    const inner = x.shape.slice(segmentIds.shape.length);
    const sums = backend.makeOutput([numSegments, ...inner], 'float32');
    const ids = backend.typedArrayFromHeap(segmentIds) as Int32Array;
    const width = tf.util.sizeFromShape(inner);
    composedSegmentSum(wasmValues(backend, x), ids, wasmValues(backend, sums), width);
    return { sums };
  });
}
