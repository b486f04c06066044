// The gradient of an embedding table as a kernel of the WebGPU backend; ids are sorted on the host.
import * as tf from '@tensorflow/tfjs-core';
import {
  dispatch,
  elementType,
  flatWorkgroups,
  hostIntegers,
  internals,
  output,
  release,
} from '../dispatch.webgpu.ts';
import { addParts } from '../matMul/matMul.webgpu.ts';
import { suitedTo } from '../tuning.ts';
import { SCATTER_ROWS, type ScatterRowsAttributes } from './scatterRows.ts';
import { scatterRowsCode } from './scatterRows.wgsl.ts';

/** Places by id (counting sort): row r's are order[starts[r]] to order[starts[r + 1] - 1]. Ids outside are left out. */
export function placesById(ids: Int32Array, rows: number): { order: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(rows + 1);
  const inside = (id: number) => id >= 0 && id < rows;
  for (const id of ids) if (inside(id)) starts[id + 1]!++;
  for (let r = 0; r < rows; r++) starts[r + 1]! += starts[r]!;
  const next = starts.slice(0, rows);
  const order = new Int32Array(Math.max(1, ids.length));
  ids.forEach((id, place) => {
    if (inside(id)) order[next[id]!++] = place;
  });
  return { order, starts };
}

/** Invocations that keep a GPU busy; a table of fewer rows has its sums made in parts. */
const BUSY = 16384;

function scatterRows(backend: unknown, dy: tf.TensorInfo, ids: Int32Array, rows: number): tf.TensorInfo {
  const [tokens, features] = dy.shape as [number, number];
  const { type, count: width } = elementType(features);
  const size = rows * width;
  const { software } = suitedTo(backend);
  const parts = software
    ? 1
    : Math.max(1, Math.min(Math.floor(BUSY / size), Math.floor(tokens / rows / 16), 64));
  const { order, starts } = placesById(ids, rows);
  const gpu = internals(backend);
  const indices = [order, starts].map((values) => gpu.makeTensorInfo([values.length], 'int32', values));
  const table = output(backend, parts === 1 ? [rows, features] : [parts, rows, features]);
  const [across, down] = flatWorkgroups(size);
  dispatch(backend, {
    key: `semblance_scatterRows_${type}`,
    code: () => scatterRowsCode(type),
    writes: [table],
    reads: [dy, ...indices],
    uniforms: [size, width, parts],
    workgroups: [across, down, parts],
  });
  for (const index of indices) release(backend, index);
  if (parts === 1) return table;
  const sum = output(backend, [rows, features]);
  addParts(backend, table, sum);
  release(backend, table);
  return sum;
}

export function registerScatterRowsOnWebGpu(): void {
  tf.registerKernel({
    kernelName: SCATTER_ROWS,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { dy, ids } = inputs as { dy: tf.TensorInfo; ids: tf.TensorInfo };
      const { rows } = attrs as unknown as ScatterRowsAttributes;
      const known = hostIntegers(backend, ids);
      if (known) return scatterRows(backend, dy, known, rows);
      // Ids that were computed on the device are not known here: tfjs adds atomically.
      const { kernelFunc } = tf.getKernel(tf.UnsortedSegmentSum, 'webgpu');
      const sum = kernelFunc({ inputs: { x: dy, segmentIds: ids }, backend, attrs: { numSegments: rows } });
      return sum;
    },
  });
}
