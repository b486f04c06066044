// Matrix products on WASM: pack B, then compute C by rows (wasm/gemm.as.ts).
import type * as tf from '@tensorflow/tfjs-core';
import { register, type WasmRuntime } from '../wasm/runtime.ts';
import { MATMUL, type MatMulAttributes } from './matMul.ts';

/** Columns of a packed panel, and rows of a strip. */
const PANEL = 8;
const STRIP = 5;
/** About how many chunks a product is cut into: enough for the threads to share it evenly. */
const CHUNKS = 16;

/** One product, or several of the same sizes that lie one after the other. */
export interface Product {
  m: number;
  n: number;
  k: number;
  /** Addresses. */
  a: number;
  b: number;
  c: number;
  transposeA: boolean;
  transposeB: boolean;
  /** Address of [n], added to every row. */
  bias?: number;
  /** Address of [m, n] for gelu(c). */
  gelu?: number;
  count?: number;
  /** Address and length of a list of rows of a, as stored, that count: the others are 0, and c's are not written. */
  list?: { at: number; length: number } | undefined;
}

export function product(runtime: WasmRuntime, given: Product): void {
  const { a, b, c, n, transposeA, transposeB, bias = 0, gelu = 0, count = 1, list } = given;
  // The list takes the place of the rows of c, or of the terms of the sums.
  const m = list && !transposeA ? list.length : given.m;
  const k = list && transposeA ? list.length : given.k;
  const listAt = list?.at ?? 0;
  const packedBytes = runtime.module.packedBytes(k, n);
  const packed = runtime.packedMemory(packedBytes * count);
  const share = (parts: number) => Math.max(1, Math.ceil((parts * count) / CHUNKS));
  const panels = Math.ceil(n / PANEL);
  const panelShare = Math.min(panels, share(panels));
  const groups = Math.ceil(panels / panelShare);
  const stepB = 4 * (transposeB ? given.k : n);
  runtime.run(
    'packPanels',
    [b, stepB, +transposeB, k, n, packed, panelShare, groups, 4 * k * n, transposeA ? listAt : 0],
    groups * count,
  );
  const rowShare = STRIP * Math.min(Math.ceil(m / STRIP), share(Math.ceil(m / STRIP)));
  const chunks = Math.ceil(m / rowShare);
  const stepA = 4 * (transposeA ? given.m : given.k);
  const sizes = [m, n, k, rowShare, chunks, 4 * m * k, 4 * m * n];
  runtime.run(
    'multiplyRows',
    [a, stepA, +transposeA, packed, bias, c, 4 * n, ...sizes, gelu, listAt],
    chunks * count,
  );
}

/** A list of rows as the kernels take it. */
export function listOf(runtime: WasmRuntime, rows: tf.TensorInfo | undefined): Product['list'] {
  return rows && { at: runtime.at(rows), length: rows.shape[0]! };
}

/** Bytes of one chunk of zeros. */
const ZEROS = 1 << 18;

/** Fills a tensor with 0. */
export function zeroed(runtime: WasmRuntime, x: tf.TensorInfo): void {
  const bytes = 4 * x.shape.reduce((a, b) => a * b, 1);
  runtime.run('zero', [runtime.at(x), bytes, ZEROS], Math.ceil(bytes / ZEROS));
}

export function registerMatMulOnWasm(runtime: WasmRuntime): void {
  register(runtime, MATMUL, (_, inputs, { transposeA, transposeB }: MatMulAttributes) => {
    const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
    const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
    const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
    const batch = a.shape.slice(0, -2);
    const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
    const [n, kOfB] = transposeB ? [rowsB, columnsB] : [columnsB, rowsB];
    if (k !== kOfB || batch.join() !== b.shape.slice(0, -2).join())
      throw new Error(`matrices [${a.shape.join()}] and [${b.shape.join()}] cannot be multiplied`);
    const c = runtime.output([...batch, m, n]);
    const list = batch.length === 0 && !transposeB ? listOf(runtime, inputs.rows) : undefined;
    if (list && !transposeA) zeroed(runtime, c);
    product(runtime, {
      m,
      n,
      k,
      a: runtime.at(a),
      b: runtime.at(b),
      c: runtime.at(c),
      transposeA,
      transposeB,
      count: batch.reduce((x, y) => x * y, 1),
      list,
    });
    return c;
  });
}
