// The parameters of a matrix product's variant in WGSL, and text shared by all variants.
import { range, unrolled } from '../wgsl.ts';
import type { Tile } from '../tuning.ts';

/** The operation after a product: + bias, gelu(+ bias), + addend, or * gelu'(z). */
export type Epilogue = 'none' | 'bias' | 'gelu' | 'add' | 'geluGradient';

/** Products of the same sizes that share a dispatch. */
export interface GroupedGemm {
  count: number;
  /** The buffers that each product has its own of; the others are shared. */
  own: readonly string[];
  /** Whether they are summed into one result. */
  added: boolean;
}

export interface MatMulVariant extends Omit<Tile, 'kind'> {
  kind: Tile['kind'] | 'plain';
  transposeA: boolean;
  transposeB: boolean;
  epilogue: Epilogue;
  /**
   * Whether the sums of a over k are computed too, by an additional column of workgroups. For a transposed a, without
   * a batch.
   */
  sums?: boolean;
  /** Omitted for a single product or a batch. */
  grouped?: GroupedGemm;
  /**
   * Whether k is split. Then y holds the results (and sums) of each part of k one after the other, still to be
   * summed.
   */
  parts?: boolean;
  /** Whether the operands are rounded to F16. The sums stay F32 (matMulF16.wgsl.ts). */
  f16?: boolean;
  /** Whether saturated entries are counted: in F16, if the device allows one more buffer. */
  counted?: boolean;
}

export function variantKey(variant: MatMulVariant): string {
  const { kind, transposeA, transposeB, rows, quads, across, down, matrix } = variant;
  const transposes = `${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}`;
  const cut = `${rows}x${4 * quads}_${across}x${down}`;
  const unit = matrix ? `_${matrix.m}x${matrix.n}x${matrix.k}_${matrix.lanes}` : '';
  return `semblance_matMul_${kind}_${transposes}_${optionsKey(variant)}_${cut}${unit}`;
}

function optionsKey({ epilogue, sums, grouped, parts, f16, counted }: MatMulVariant): string {
  return [
    epilogue,
    ...(sums ? ['sums'] : []),
    ...(grouped ? [grouped.added ? 'added' : 'apart', grouped.count, ...grouped.own] : []),
    ...(parts ? ['parts'] : []),
    ...(f16 ? ['f16'] : []),
    ...(counted ? ['counted'] : []),
  ].join('_');
}

/** Rows and columns of the result that a workgroup computes. */
export function tileOf({ rows, quads, across, down }: MatMulVariant): { rows: number; columns: number } {
  return { rows: rows * down, columns: 4 * quads * across };
}

/** Invocations per workgroup. */
export function invocationsOf({ across, down, matrix }: MatMulVariant): number {
  return across * down * (matrix?.lanes ?? 1);
}

/**
 * acc[i][j] += a[i] * b[j] for one k.
 * @param a, b expressions: a scalar, and four columns
 */
export function multiplyAccumulate(
  variant: MatMulVariant,
  a: (i: number) => string,
  b: (j: number) => string,
): string {
  return unrolled(variant.rows, (i) =>
    range(variant.quads)
      .map((j) => `acc${i}_${j} += ${a(i)} * ${b(j)};`)
      .join(' '),
  );
}

/**
 * y[to] = value after the epilogue.
 * @param column index of the bias of these columns
 */
export function storeWithEpilogue(
  { epilogue }: MatMulVariant,
  to: string,
  value: string,
  column: string,
): string {
  if (epilogue === 'none') return `y[${to}] = ${value};`;
  if (epilogue === 'add') return `y[${to}] = ${value} + addend[${to}];`;
  if (epilogue === 'geluGradient') return `y[${to}] = ${value} * geluDerivative(z[${to}]);`;
  const shifted = `${value} + bias[${column}]`;
  if (epilogue === 'bias') return `y[${to}] = ${shifted};`;
  return `{ let z = ${shifted}; before[${to}] = z; y[${to}] = gelu(z); }`;
}
