// The gradient of an embedding table as a kernel of the WebGPU backend; ids are sorted on the host.
import * as tf from '@tensorflow/tfjs-core';
import { hostIntegers, output, release } from '../buffers.webgpu.ts';
import { dispatch } from '../dispatch.webgpu.ts';
import { elementType, flatWorkgroups } from '../wgsl.ts';
import { registerKernel } from '../kernelToken.ts';
import { reducePartials } from '../matMul/matMul.webgpu.ts';
import type { WebGpuBackend } from '../tfjsBackends.ts';
import { kernelConfigFor } from '../tuning.ts';
import { SCATTER_ROWS } from './scatterRows.ts';
import { scatterRowsCode } from './scatterRows.wgsl.ts';

/**
 * Positions by id (counting sort): row r's are order[starts[r]] to order[starts[r + 1] - 1]. Ids outside are left
 * out.
 */
export function sortById(ids: Int32Array, rows: number): { order: Int32Array; starts: Int32Array } {
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

/** Number of invocations that keeps a GPU busy; the sums of a table with fewer rows are computed in parts. */
const BUSY = 16384;

/** A table to be computed: its number of rows, and the table row that every row of dy is added to. */
export interface ScatteredTable {
  ids: tf.TensorInfo;
  rows: number;
}

/** Adds the rows of dy to each of several tables. */
export function scatterRows(
  backend: WebGpuBackend,
  dy: tf.TensorInfo,
  tables: readonly ScatteredTable[],
): tf.TensorInfo[] {
  const lists = tables.map(({ ids }) => hostIntegers(backend, ids));
  if (tables.length === 0 || !lists.every((list) => list !== undefined))
    return tables.map((table) => scatteredAtomically(backend, dy, table));
  // A software adapter runs the code of all tables for each of them: there the first table, of words, has its own
  // dispatch.
  const alone = kernelConfigFor(backend).software ? 1 : tables.length;
  const made = (from: number, to?: number) =>
    from < tables.length ? scatteredByLists(backend, dy, lists.slice(from, to), tables.slice(from, to)) : [];
  return [...made(0, alone), ...made(alone)];
}

/** Ids computed on the device are not known on the host: tfjs's kernel adds atomically. */
function scatteredAtomically(
  backend: WebGpuBackend,
  dy: tf.TensorInfo,
  { ids, rows }: ScatteredTable,
): tf.TensorInfo {
  const { kernelFunc } = tf.getKernel(tf.UnsortedSegmentSum, 'webgpu');
  const attrs = { numSegments: rows };
  return kernelFunc({
    inputs: { x: dy, segmentIds: ids },
    backend,
    attrs,
  }) as tf.TensorInfo;
}

/** Uses one dispatch unless some sums are computed in parts. */
function scatteredByLists(
  backend: WebGpuBackend,
  dy: tf.TensorInfo,
  lists: readonly Int32Array[],
  tables: readonly ScatteredTable[],
): tf.TensorInfo[] {
  const [tokens, features] = dy.shape as [number, number];
  const { type, count: width } = elementType(features);
  const { software } = kernelConfigFor(backend);
  const plans = tables.map(({ rows }, t) => {
    const size = rows * width;
    const most = Math.min(Math.floor(BUSY / size), Math.floor(tokens / rows / 16), 64);
    const parts = software ? 1 : Math.max(1, most);
    const y = output(backend, parts === 1 ? [rows, features] : [parts, rows, features]);
    return { ...sortById(lists[t]!, rows), rows, size, parts, y };
  });
  const indices = [plans.map(({ order }) => order), plans.map(({ starts }) => starts)].map(concatenated);
  const tensors = indices.map(({ values }) => backend.makeTensorInfo([values.length], 'int32', values));
  const groups = plans.reduce((sum, { size, parts }) => sum + Math.ceil(size / 64) * parts, 0);
  dispatch(backend, {
    key: `semblance_scatterRows_${type}_${tables.length}`,
    code: () => scatterRowsCode(type, tables.length),
    writes: plans.map(({ y }) => y),
    reads: [dy, ...tensors],
    uniforms: [
      width,
      ...plans.flatMap(({ size, parts }, t) => [size, parts, ...indices.map(({ begins }) => begins[t]!)]),
    ],
    workgroups: flatWorkgroups(64 * groups),
  });
  for (const tensor of tensors) release(backend, tensor);
  return plans.map(({ y, parts, rows }) => {
    if (parts === 1) return y;
    const sum = output(backend, [rows, features]);
    reducePartials(backend, y, sum);
    release(backend, y);
    return sum;
  });
}

/** Concatenates lists, and returns where each begins. */
function concatenated(lists: Int32Array[]): { values: Int32Array; begins: number[] } {
  let at = 0;
  const begins = lists.map(({ length }) => (at += length) - length);
  const values = new Int32Array(at);
  lists.forEach((list, i) => values.set(list, begins[i]));
  return { values, begins };
}

export function registerScatterRowsOnWebGpu(): void {
  registerKernel(SCATTER_ROWS, 'webgpu', ({ dy, ids }, { rows }, backend) => {
    const [table] = scatterRows(backend, dy, [{ ids, rows }]);
    return { table: table! };
  });
}
