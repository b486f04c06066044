// Matrix products as kernels of the WebGPU backend: chooses the variant of a product and dispatches it.
import type * as tf from '@tensorflow/tfjs-core';
import { output, release, type UniformValue } from '../buffers.webgpu.ts';
import { dispatch } from '../dispatch.webgpu.ts';
import { flatWorkgroups } from '../wgsl.ts';
import { saturationCounter } from '../saturation.ts';
import { registerKernel } from '../kernelToken.ts';
import { sizeOf, type WebGpuBackend } from '../tfjsBackends.ts';
import {
  HARDWARE_TILES,
  matrixTiles,
  SOFTWARE_TILES,
  kernelConfigFor,
  type KernelConfig,
  type TransposeLayout,
} from '../tuning.ts';
import { MATMUL, type MatMulAttributes } from './matMul.ts';
import { matMulCode, workgroupMemoryOf } from './matMul.wgsl.ts';
import { GRADIENT_SCALE } from './matMulF16.wgsl.ts';
import {
  variantKey,
  tileOf,
  type Epilogue,
  type MatMulVariant,
  type GroupedGemm,
} from './matMulVariant.wgsl.ts';
import { reducePartialsCode } from './reducePartials.wgsl.ts';

/** op(a) . op(b): [m, k] . [k, n], `batch` times. */
export interface Product {
  batch: number;
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
  /** Whether a is a gradient, whose values may be too small for F16 unless scaled. */
  gradient?: boolean;
}

/** Derives the sizes of a product from its operands. */
export function productOf(
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  given: MatMulAttributes & Pick<Product, 'gradient'>,
): Product {
  const { transposeA, transposeB, gradient = false } = given;
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
    gradient,
  };
}

function scaleOf({ gradient }: Product): UniformValue {
  return { f32: gradient ? GRADIENT_SCALE : 1 };
}

/** Whether the row lengths of both operands and of the result are multiples of four. */
function inFours({ m, n, k, transposeA, transposeB }: Product): boolean {
  return (transposeA ? m : k) % 4 === 0 && (transposeB ? k : n) % 4 === 0 && n % 4 === 0;
}

/** Number of workgroups that keeps a GPU busy: with fewer, smaller tiles are used, then k is split. */
const BUSY = 192;

export function transposeLayoutOf({ transposeA, transposeB }: Product): TransposeLayout {
  return `${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}`;
}

/** @param memory the device's workgroup memory in bytes */
export function variantFor(
  product: Product,
  epilogue: Epilogue,
  kernelConfig: KernelConfig,
  memory = 16384,
): MatMulVariant {
  const { transposeA, transposeB } = product;
  const f16 = kernelConfig.precision === 'f16';
  const options = { transposeA, transposeB, epilogue, ...(f16 && { f16 }) };
  if (!inFours(product)) return { kind: 'plain', ...options, rows: 4, quads: 1, across: 8, down: 8 };
  const tiles = kernelConfig.software ? SOFTWARE_TILES : HARDWARE_TILES;
  const variants = [
    ...matrixTiles(kernelConfig),
    ...(kernelConfig.tiles?.[transposeLayoutOf(product)] ?? tiles),
  ]
    .map((tile): MatMulVariant => ({ ...options, ...tile }))
    .filter((variant) => workgroupMemoryOf(variant) <= memory);
  const suits = kernelConfig.software
    ? (variant: MatMulVariant) => fills(variant, product)
    : (variant: MatMulVariant) => workgroups(variant, product) >= BUSY;
  const small = (a: MatMulVariant, b: MatMulVariant) =>
    workgroups(b, product) > workgroups(a, product) ? b : a;
  return variants.find(suits) ?? variants.reduce(small);
}

/**
 * Whether the product is at least one workgroup tile wide and four tiles high. The bounds are coarse, so that few
 * programs are compiled.
 */
function fills(variant: MatMulVariant, { m, n }: Product): boolean {
  const { rows, columns } = tileOf(variant);
  return columns <= n && 4 * rows <= m;
}

function workgroups(variant: MatMulVariant, { batch, m, n }: Product): number {
  const tile = tileOf(variant);
  return Math.ceil(n / tile.columns) * Math.ceil(m / tile.rows) * batch;
}

/**
 * Number of parts into which k is split for a deep product with few tiles; 1: not split.
 * @param copies products in one dispatch
 */
export function splitsOf(
  product: Product,
  variant: MatMulVariant,
  kernelConfig: KernelConfig,
  copies = 1,
): number {
  if (kernelConfig.software || variant.epilogue !== 'none' || product.batch > 1 || product.k < 512) return 1;
  const missing = Math.floor(BUSY / (workgroups(variant, product) * copies));
  return Math.max(1, Math.min(missing, Math.floor(product.k / 256), 16));
}

/** A tensor, or one for each of several products. */
type Operand = tf.TensorInfo | readonly tf.TensorInfo[];

/**
 * Several products share a dispatch where an operand is a list. They are summed where y is not a list. Bias, addend
 * and z are mutually exclusive.
 */
export interface ProductTensors {
  a: Operand;
  b: Operand;
  /** [n] */
  bias?: Operand;
  y: Operand;
  /** The input of the GELU that follows the bias. */
  before?: tf.TensorInfo;
  /** Added to y; of the same shape. */
  addend?: tf.TensorInfo | undefined;
  /** y is multiplied by gelu'(z); of the same shape. */
  z?: tf.TensorInfo | undefined;
  /** The sums of a over k, [m], where only a is transposed. */
  sums?: Operand;
}

function listOf(operand: Operand | undefined): readonly tf.TensorInfo[] {
  if (operand === undefined) return [];
  return isList(operand) ? operand : [operand];
}

function isList(operand: Operand): operand is readonly tf.TensorInfo[] {
  return Array.isArray(operand);
}

/** The operands of a product, outputs first, in the order of their bindings. */
const WRITES = ['y', 'before', 'sums'] as const;
const READS = ['a', 'b', 'bias', 'addend', 'z'] as const;

function groupedGemmOf(tensors: ProductTensors): GroupedGemm | undefined {
  const own = [...WRITES, ...READS].filter((name) => Array.isArray(tensors[name]));
  if (own.length === 0) return undefined;
  return { count: listOf(tensors[own[0]!]).length, own, added: !isList(tensors.y) };
}

function epilogueOf({ before, bias, addend, z }: ProductTensors): Epilogue {
  return before ? 'gelu' : bias ? 'bias' : addend ? 'add' : z ? 'geluGradient' : 'none';
}

/** Dispatches a product, or several. */
export function dispatchProduct(backend: WebGpuBackend, product: Product, tensors: ProductTensors): void {
  const { maxComputeWorkgroupStorageSize: memory, maxStorageBuffersPerShaderStage: most } =
    backend.device.limits;
  const { y, sums } = tensors;
  const grouped = groupedGemmOf(tensors);
  const copies = grouped && !grouped.added ? grouped.count : 1;
  const bound = (names: readonly (keyof ProductTensors)[]) => names.flatMap((name) => listOf(tensors[name]));
  const kernelConfig = kernelConfigFor(backend);
  // On a software adapter, products with a transposed b took 1.3 to 1.7 times as long grouped as one at a time.
  const oneByOne = kernelConfig.software && product.transposeB;
  if (copies > 1 && (oneByOne || bound([...WRITES, ...READS]).length > most)) {
    for (let i = 0; i < copies; i++) dispatchProduct(backend, product, oneOf(tensors, i));
    return;
  }
  // Where the device allows no more buffers, saturated entries are not counted.
  const isCounted =
    kernelConfig.precision === 'f16' &&
    bound([...WRITES, ...READS]).length < most &&
    product.batch * product.m * product.n > 0;
  const counter = isCounted ? [saturationCounter(backend)] : [];
  const chosen: MatMulVariant = {
    ...variantFor({ ...product, batch: product.batch * copies }, epilogueOf(tensors), kernelConfig, memory),
    ...(isCounted && { counted: true }),
    ...(sums && { sums: true }),
    ...(grouped && { grouped }),
  };
  const splits = splitsOf(product, chosen, kernelConfig, copies);
  const variant = splits === 1 ? chosen : inParts(chosen);
  const { m, n, k, batch } = product;
  const tile = tileOf(variant);
  const partSize = splits === 1 ? k : 4 * Math.ceil(k / splits / 4);
  const columns = Math.ceil(n / tile.columns);
  const parts = splits === 1 ? undefined : output(backend, [splits, copies * (m * n + (sums ? m : 0))]);
  dispatch(backend, {
    key: variantKey(variant),
    code: () => matMulCode(variant),
    writes: [...(parts ? [parts] : bound(WRITES)), ...counter],
    reads: bound(READS),
    uniforms: [m, n, k, splits, partSize, columns, ...(variant.f16 ? [scaleOf(product)] : [])],
    workgroups: [sums ? columns + 1 : columns, Math.ceil(m / tile.rows), batch * copies * splits],
  });
  if (!parts) return;
  const [ys, allSums] = [listOf(y), listOf(sums)];
  reducePartials(backend, parts, ...ys.flatMap((result, i) => [result, ...allSums.slice(i, i + 1)]));
  release(backend, parts);
}

/** The variant of a product whose k is split: all results go to one buffer. */
function inParts({ grouped, ...variant }: MatMulVariant): MatMulVariant {
  if (!grouped) return { ...variant, parts: true };
  const own = grouped.own.filter((name) => !WRITES.some((written) => written === name));
  return { ...variant, parts: true, grouped: { ...grouped, own } };
}

/** The operands of one of several products. */
function oneOf(tensors: ProductTensors, i: number): ProductTensors {
  const entries = Object.entries(tensors) as [string, Operand | undefined][];
  // Object.entries and fromEntries lose the names of the fields, which stay the same here.
  return Object.fromEntries(
    entries.map(([name, operand]) => [name, operand && isList(operand) ? operand[i] : operand]),
  ) as unknown as ProductTensors;
}

/** Sums the rows of `parts` [parts, total size]; each row holds the tensors `ys` one after the other. */
export function reducePartials(backend: WebGpuBackend, parts: tf.TensorInfo, ...ys: tf.TensorInfo[]): void {
  let size = 0;
  const ends = ys.map((y) => (size += sizeOf(y)));
  dispatch(backend, {
    key: `semblance_reducePartials_${ys.length}`,
    code: () => reducePartialsCode(ys.length),
    writes: ys,
    reads: [parts],
    uniforms: [size, parts.shape[0]!, ...ends],
    workgroups: flatWorkgroups(size),
  });
}

export function registerMatMulOnWebGpu(): void {
  registerKernel(MATMUL, 'webgpu', ({ a, b }, attributes, backend) => {
    const product = productOf(a, b, attributes);
    const y = output(backend, [...a.shape.slice(0, -2), product.m, product.n]);
    dispatchProduct(backend, product, { a, b, y });
    return { y };
  });
}
