// What a matrix product in WGSL is cut into, and the text that all of its variants share.
import { range, unrolled } from '../wgsl.ts';
import type { Tile } from '../tuning.ts';

/** What follows a product: + bias, gelu(+ bias), + addend, or * gelu'(z). */
export type Epilogue = 'none' | 'bias' | 'gelu' | 'add' | 'geluGradient';

/** Products of the same sizes that share a dispatch. */
export interface GroupedGemm {
  count: number;
  /** The buffers that each has its own of; the others are shared. */
  own: readonly string[];
  /** Are they added up into one result? */
  added: boolean;
}

export interface MatMulVariant extends Omit<Tile, 'kind'> {
  kind: Tile['kind'] | 'plain';
  transposeA: boolean;
  transposeB: boolean;
  epilogue: Epilogue;
  /** Are the sums of a over k made too, by one more column of workgroups? For a transposed a, without a batch. */
  sums?: boolean;
  /** Left out: one product, or a batch. */
  grouped?: GroupedGemm;
  /** Is k split? Then y has the results (and sums) of one part of k after those of the other, still to be added. */
  parts?: boolean;
  /** Are the operands rounded to F16? The sums stay F32 (matMulF16.wgsl.ts). */
  f16?: boolean;
}

export function variantKey(variant: MatMulVariant): string {
  const { kind, transposeA, transposeB, rows, quads, across, down, matrix } = variant;
  const turned = `${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}`;
  const cut = `${rows}x${4 * quads}_${across}x${down}`;
  const unit = matrix ? `_${matrix.m}x${matrix.n}x${matrix.k}_${matrix.lanes}` : '';
  return `semblance_matMul_${kind}_${turned}_${askedOf(variant)}_${cut}${unit}`;
}

function askedOf({ epilogue, sums, grouped, parts, f16 }: MatMulVariant): string {
  return [
    epilogue,
    ...(sums ? ['sums'] : []),
    ...(grouped ? [grouped.added ? 'added' : 'apart', grouped.count, ...grouped.own] : []),
    ...(parts ? ['parts'] : []),
    ...(f16 ? ['f16'] : []),
  ].join('_');
}

/** Rows and columns of the result that a workgroup makes. */
export function tileOf({ rows, quads, across, down }: MatMulVariant): { rows: number; columns: number } {
  return { rows: rows * down, columns: 4 * quads * across };
}

/** Invocations of a workgroup. */
export function invocationsOf({ across, down, matrix }: MatMulVariant): number {
  return across * down * (matrix?.lanes ?? 1);
}

/** acc[i][j] += a[i] * b[j] for one k. @param a, b expressions: a scalar, and four columns */
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

/** y[to] = value after the epilogue. @param column where the bias of these columns is */
export function storeWithEpilogue(
  { epilogue }: MatMulVariant,
  to: string,
  value: string,
  column: string,
): string {
  if (epilogue === 'none') return `y[${to}] = ${value};`;
  if (epilogue === 'add') return `y[${to}] = ${value} + addend[${to}];`;
  if (epilogue === 'geluGradient') return `y[${to}] = ${value} * geluSlope(z[${to}]);`;
  const shifted = `${value} + bias[${column}]`;
  if (epilogue === 'bias') return `y[${to}] = ${shifted};`;
  return `{ let z = ${shifted}; before[${to}] = z; y[${to}] = gelu(z); }`;
}
