// Matrix products on WASM: pack B, then compute C by rows (wasm/gemm.as.ts).
import type * as tf from '@tensorflow/tfjs-core';
import { registerKernel } from '../kernelToken.ts';
import type { WasmRuntime } from '../wasm/runtime.ts';
import { PANEL_COLUMNS, STRIP_ROWS } from '../wasm/tile.ts';
import { fillWithZeros } from '../zeros/zeros.wasm.ts';
import { MATMUL } from './matMul.ts';

/** Approximate number of chunks of a product: enough to distribute it evenly among the threads. */
const CHUNKS = 16;

/** C = op(A) . op(B), or several such products of the same size, consecutive in the same tensors. */
interface MatrixProduct {
  m: number;
  n: number;
  k: number;
  a: tf.TensorInfo;
  b: tf.TensorInfo;
  c: tf.TensorInfo;
  transposeA: boolean;
  transposeB: boolean;
  /** [n], added to every row. */
  bias?: tf.TensorInfo | undefined;
  /** [m, n], receives gelu(c). */
  gelu?: tf.TensorInfo | undefined;
  /** Number of products. */
  count?: number;
  /** The rows of the stored A that are not 0; the other rows of C are not written. */
  rows?: tf.TensorInfo | undefined;
}

export function multiplyMatrices(runtime: WasmRuntime, product: MatrixProduct): void {
  const { a, b, c, n, transposeA, transposeB, bias, gelu, count = 1, rows } = product;
  // The list replaces the rows of C, or the terms of the sums.
  const m = rows && !transposeA ? rows.shape[0]! : product.m;
  const k = rows && transposeA ? rows.shape[0]! : product.k;
  const perChunk = (parts: number) => Math.min(parts, Math.max(1, Math.ceil((parts * count) / CHUNKS)));

  const packedBytes = runtime.exports.packedBytes(k, n);
  const packed = runtime.scratchMemory(packedBytes * count);
  const panels = Math.ceil(n / PANEL_COLUMNS);
  const panelsPerChunk = perChunk(panels);
  const packChunks = Math.ceil(panels / panelsPerChunk);
  runtime.run(
    'packPanels',
    {
      b,
      bStride: 4 * (transposeB ? product.k : n),
      bBytes: 4 * k * n,
      transposeB,
      k,
      n,
      packed,
      panelsPerChunk,
      chunksPerProduct: packChunks,
      rows: transposeA ? rows : undefined,
    },
    packChunks * count,
  );

  const rowsPerChunk = STRIP_ROWS * perChunk(Math.ceil(m / STRIP_ROWS));
  const rowChunks = Math.ceil(m / rowsPerChunk);
  const sizes = { m, n, k, rowsPerChunk, chunksPerProduct: rowChunks };
  const strides = { aStride: 4 * (transposeA ? product.m : product.k), aBytes: 4 * m * k };
  runtime.run(
    'multiplyRows',
    { a, transposeA, packed, bias, c, cStride: 4 * n, cBytes: 4 * m * n, gelu, rows, ...sizes, ...strides },
    rowChunks * count,
  );
}

export function registerMatMulOnWasm(runtime: WasmRuntime): void {
  registerKernel(MATMUL, 'wasm', ({ a, b, rows: listed }, { transposeA, transposeB }) => {
    const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
    const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
    const batch = a.shape.slice(0, -2);
    const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
    const [n, kOfB] = transposeB ? [rowsB, columnsB] : [columnsB, rowsB];
    if (k !== kOfB || batch.join() !== b.shape.slice(0, -2).join())
      throw new Error(`matrices [${a.shape.join()}] and [${b.shape.join()}] cannot be multiplied`);
    const c = runtime.output([...batch, m, n]);
    const rows = batch.length === 0 && !transposeB ? listed : undefined;
    if (rows && !transposeA) fillWithZeros(runtime, c);
    const count = batch.reduce((x, y) => x * y, 1);
    multiplyMatrices(runtime, { m, n, k, a, b, c, transposeA, transposeB, count, rows });
    return { y: c };
  });
}
