// The variant of a matrix product that uses workgroup memory: tiles of both operands are loaded into it, DEPTH of k
// at a time, and every invocation multiplies its part of them.
import { range, unrolled } from '../wgsl.ts';
import { multiplyAccumulate, tileOf, type MatMulVariant } from './matMulVariant.wgsl.ts';
import { roundedToF16 } from './matMulF16.wgsl.ts';

/** Depth of a tile. */
const DEPTH = 16;

/** Row stride in vectors in workgroup memory: one more than needed, to avoid bank conflicts. */
const STRIDE = DEPTH / 4 + 1;

/**
 * Declares the tiles in their storage layout: an operand whose rows run along k is [its rows][DEPTH / 4 + 1], the
 * other one [DEPTH][its columns / 4]; all vectors of four.
 */
export function sharedMemory(variant: MatMulVariant): string {
  const { a, b } = tileVectors(variant);
  const type = variant.f16 ? 'vec4<f16>' : 'vec4<f32>';
  return `
  var<workgroup> aTile : array<${type}, ${a}>;
  var<workgroup> bTile : array<${type}, ${b}>;`;
}

/** Number of vectors of four in the tiles of both operands. */
function tileVectors(variant: MatMulVariant): { a: number; b: number } {
  const { rows, columns } = tileOf(variant);
  const size = (alongK: boolean, length: number) => (alongK ? length * STRIDE : (DEPTH * length) / 4);
  return { a: size(!variant.transposeA, rows), b: size(variant.transposeB, columns) };
}

/** Bytes of workgroup memory that a variant needs. */
export function sharedBytes(variant: MatMulVariant): number {
  const { a, b } = tileVectors(variant);
  return (variant.f16 ? 8 : 16) * (a + b);
}

export interface TileLoad {
  name: 'a' | 'b';
  /** Whether the operand's rows run along k. */
  alongK: boolean;
  /** Rows (or columns) of the tile, and of the operand. */
  length: number;
  limit: string;
  depth: number;
  invocations: number;
  /** WGSL that stores the vector `value`, number `q` of row `line` of the tile, in workgroup memory. */
  put: string;
}

/** Loads a tile of an operand; elements outside of the operand are 0. */
export function loadTileCode({ name, alongK, length, limit, depth, invocations, put }: TileLoad): string {
  const count = (length * depth) / 4;
  const origin = name === 'a' ? 'rowTile' : 'columnTile';
  const wide = alongK ? depth / 4 : length / 4;
  return `for (var i = local; i < ${count}u; i += ${invocations}u) {
      let line = i / ${wide}u;
      let q = i % ${wide}u;
      ${
        alongK
          ? `let inside = ${origin} + line < ${limit} && at + q * 4u < stop;
      let source = ${name}At + (${origin} + line) * (k / 4u) + at / 4u + q;`
          : `let inside = ${origin} + q * 4u < ${limit} && at + line < stop;
      let source = ${name}At + (at + line) * (${limit} / 4u) + ${origin} / 4u + q;`
      }
      let value = select(vec4<f32>(), ${name}[select(0u, source, inside)], inside);
      ${put}
    }`;
}

/** The code that loads a tile of this variant. */
function loadTile(
  name: 'a' | 'b',
  alongK: boolean,
  length: number,
  limit: string,
  variant: MatMulVariant,
): string {
  const value = variant.f16 ? roundedToF16(variant, name, 'value') : 'value';
  return loadTileCode({
    name,
    alongK,
    length,
    limit,
    depth: DEPTH,
    invocations: variant.across * variant.down,
    put: `${name}Tile[${alongK ? `line * ${STRIDE}u + q` : 'i'}] = ${value};`,
  });
}

export function sharedBody(variant: MatMulVariant): string {
  const { transposeA, transposeB, rows, quads, across, down } = variant;
  const tile = tileOf(variant);
  const wide = (vector: string) => (variant.f16 ? `vec4<f32>(${vector})` : vector);
  const aRow = (i: number) => wide(`aTile[(place.y + ${i * down}u) * ${STRIDE}u + step]`);
  const bRow = (c: number) => wide(`bTile[(place.x + ${c * across}u) * ${STRIDE}u + step]`);
  const aQuad = (g: number, q: number) =>
    wide(`aTile[(step * 4u + ${q}u) * ${tile.rows / 4}u + place.y + ${g * down}u]`);
  const bQuad = (j: number, q: number) =>
    wide(`bTile[(step * 4u + ${q}u) * ${tile.columns / 4}u + place.x + ${j * across}u]`);
  return `
    let rowTile = group.y * ${tile.rows}u;
    let columnTile = group.x * ${tile.columns}u;
    let aAt = batch * (m * k / 4u);
    let bAt = batch * (k * n / 4u);
    for (var at = start; at < stop; at += ${DEPTH}u) {
      ${loadTile('a', !transposeA, tile.rows, 'm', variant)}
      ${loadTile('b', transposeB, tile.columns, 'n', variant)}
      workgroupBarrier();
      for (var step = 0u; step < ${DEPTH / 4}u; step++) {
        ${transposeA ? '' : unrolled(rows, (i) => `let av${i} = ${aRow(i)};`)}
        ${transposeB ? unrolled(4 * quads, (c) => `let bv${c} = ${bRow(c)};`) : ''}
        ${unrolled(
          4,
          (q) => `{
          ${transposeA ? unrolled(rows / 4, (g) => `let av${g} = ${aQuad(g, q)};`) : ''}
          ${unrolled(quads, (j) => {
            const transposed = range(4).map((c) => `bv${4 * j + c}[${q}]`);
            return `let b${j} = ${transposeB ? `vec4<f32>(${transposed.join(', ')})` : bQuad(j, q)};`;
          })}
          ${multiplyAccumulate(
            variant,
            (i) => (transposeA ? `av${i >> 2}[${i & 3}]` : `av${i}[${q}]`),
            (j) => `b${j}`,
          )}
        }`,
        )}
      }
      workgroupBarrier();
    }`;
}
