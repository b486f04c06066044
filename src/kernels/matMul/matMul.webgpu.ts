// Matrix products as kernels of the WebGPU backend: which form a product takes, and its dispatch.
import * as tf from '@tensorflow/tfjs-core';
import { dispatch, flatWorkgroups, internals, output, release } from '../dispatch.webgpu.ts';
import { HARDWARE_TILES, SOFTWARE_TILES, suitedTo, type Suited, type Turn } from '../tuning.ts';
import { MATMUL, type MatMulAttributes } from './matMul.ts';
import { matMulCode, sumOfPartsCode } from './matMul.wgsl.ts';
import { formKey, tileOf, type Epilogue, type MatMulForm } from './matMulForm.wgsl.ts';
import { memoryOf } from './matMulShared.wgsl.ts';

/** op(a) . op(b): [m, k] . [k, n], `batch` times. */
export interface Product {
  batch: number;
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
}

/** How the sizes of a product follow from its operands. */
export function productOf(a: tf.TensorInfo, b: tf.TensorInfo, given: MatMulAttributes): Product {
  const { transposeA, transposeB } = given;
  const [p, q] = a.shape.slice(-2) as [number, number];
  const [r, s] = b.shape.slice(-2) as [number, number];
  const batch = a.shape.slice(0, -2).reduce((x, y) => x * y, 1);
  return {
    batch,
    m: transposeA ? q : p,
    k: transposeA ? p : q,
    n: transposeB ? r : s,
    transposeA,
    transposeB,
  };
}

/** Are the rows of both operands, and of the result, a multiple of four long? */
function inFours({ m, n, k, transposeA, transposeB }: Product): boolean {
  return (transposeA ? m : k) % 4 === 0 && (transposeB ? k : n) % 4 === 0 && n % 4 === 0;
}

/** Workgroups that keep a GPU busy: below, smaller tiles are taken, then k is split. */
const BUSY = 192;

export function turnOf({ transposeA, transposeB }: Product): Turn {
  return `${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}`;
}

/** @param memory bytes of workgroup memory that the device has */
export function formOf(product: Product, epilogue: Epilogue, suited: Suited, memory = 16384): MatMulForm {
  const { transposeA, transposeB } = product;
  const turned = { transposeA, transposeB, epilogue };
  if (!inFours(product)) return { kind: 'plain', ...turned, rows: 4, quads: 1, across: 8, down: 8 };
  const tiles = suited.software ? SOFTWARE_TILES : HARDWARE_TILES;
  const forms = (suited.tiles?.[turnOf(product)] ?? tiles)
    .map((tile): MatMulForm => ({ ...turned, ...tile }))
    .filter((form) => memoryOf(form) <= memory);
  const suits = suited.software
    ? (form: MatMulForm) => fills(form, product)
    : (form: MatMulForm) => workgroups(form, product) >= BUSY;
  const small = (a: MatMulForm, b: MatMulForm) => (workgroups(b, product) > workgroups(a, product) ? b : a);
  return forms.find(suits) ?? forms.reduce(small);
}

/** Is there work for all of a workgroup, and for some of them? Few bounds, so that few programs are compiled. */
function fills(form: MatMulForm, { m, n }: Product): boolean {
  const { rows, columns } = tileOf(form);
  return columns <= n && 4 * rows <= m;
}

function workgroups(form: MatMulForm, { batch, m, n }: Product): number {
  const tile = tileOf(form);
  return Math.ceil(n / tile.columns) * Math.ceil(m / tile.rows) * batch;
}

/** Parts that a deep product of few tiles is cut into; 1 is not cut. */
export function splitsOf(product: Product, form: MatMulForm, suited: Suited): number {
  if (suited.software || form.epilogue !== 'none' || product.batch > 1 || product.k < 512) return 1;
  const missing = Math.floor(BUSY / workgroups(form, product));
  return Math.max(1, Math.min(missing, Math.floor(product.k / 256), 16));
}

export interface ProductTensors {
  a: tf.TensorInfo;
  b: tf.TensorInfo;
  bias?: tf.TensorInfo;
  y: tf.TensorInfo;
  /** With the epilogue 'gelu': what goes into it. */
  before?: tf.TensorInfo;
  /** The sums of a over k [m], where a is transposed. */
  sums?: tf.TensorInfo;
}

/** Puts a product into the queue. */
export function dispatchProduct(
  backend: unknown,
  product: Product,
  { a, b, bias, y, before, sums }: ProductTensors,
): void {
  const suited = suitedTo(backend);
  const memory = internals(backend).device.limits.maxComputeWorkgroupStorageSize;
  const chosen = formOf(product, before ? 'gelu' : bias ? 'bias' : 'none', suited, memory);
  const form = sums ? { ...chosen, sums: true } : chosen;
  const splits = splitsOf(product, form, suited);
  const { m, n, k, batch } = product;
  const tile = tileOf(form);
  const share = splits === 1 ? k : 4 * Math.ceil(k / splits / 4);
  const parts = splits === 1 ? y : output(backend, [splits, m, n]);
  const sumParts = sums && splits > 1 ? output(backend, [splits, m]) : sums;
  const columns = Math.ceil(n / tile.columns);
  dispatch(backend, {
    key: formKey(form),
    code: () => matMulCode(form),
    writes: [parts, ...(before ? [before] : []), ...(sumParts ? [sumParts] : [])],
    reads: bias ? [a, b, bias] : [a, b],
    uniforms: [m, n, k, splits, share, columns],
    workgroups: [sums ? columns + 1 : columns, Math.ceil(m / tile.rows), batch * splits],
  });
  if (splits === 1) return;
  addParts(backend, parts, y);
  release(backend, parts);
  if (!sums || !sumParts) return;
  addParts(backend, sumParts, sums);
  release(backend, sumParts);
}

/** y = the sum of `parts` [parts, ...shape of y] over its first axis. */
export function addParts(backend: unknown, parts: tf.TensorInfo, y: tf.TensorInfo): void {
  const size = tf.util.sizeFromShape(y.shape);
  dispatch(backend, {
    key: 'semblance_sumOfParts',
    code: sumOfPartsCode,
    writes: [y],
    reads: [parts],
    uniforms: [size, parts.shape[0]!],
    workgroups: flatWorkgroups(size),
  });
}

export function registerMatMulOnWebGpu(): void {
  tf.registerKernel({
    kernelName: MATMUL,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      const product = productOf(a, b, attrs as unknown as MatMulAttributes);
      const y = output(backend, [...a.shape.slice(0, -2), product.m, product.n]);
      dispatchProduct(backend, product, { a, b, y });
      return y;
    },
  });
}
