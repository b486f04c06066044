// The variant of a matrix product that uses subgroup matrices (tensor cores, simdgroup matrices): F16 in, F32 out.
//
// A workgroup loads tiles of both operands into workgroup memory in their storage layout, DEPTH of k at a time. Each
// subgroup (`unit`) computes a part of the result of `rows` x `quads * 4`, held in matrices of the device's own
// shape; these are written through workgroup memory, one matrix of every unit at a time, where the epilogue is
// applied.
import { range, unrolled } from '../wgsl.ts';
import { invocationsOf, storeWithEpilogue, tileOf, type MatMulVariant } from './matMulVariant.wgsl.ts';
import { roundedToF16, INVERSE_SCALE } from './matMulF16.wgsl.ts';
import { loadTileCode } from './matMulShared.wgsl.ts';
import type { MatrixShape } from '../capabilities.ts';

/** A subgroup may have fewer invocations than its largest size: then there are more subgroups than units. */
export const MATRIX_DIRECTIVES = `enable subgroups;
enable chromium_experimental_subgroup_matrix;
requires subgroup_id;
diagnostic(off, chromium.subgroup_matrix_uniformity);`;

/** Depth of a tile. */
const DEPTH = 32;

/** Padding elements of a row in workgroup memory, to avoid bank conflicts. */
const ROW_PADDING = 8;

function shapeOf({ matrix }: MatMulVariant): MatrixShape {
  if (!matrix) throw new Error('A product by subgroup matrices needs their shape.');
  return matrix;
}

/** Number of rows, and row stride in elements, of the tiles of both operands. */
function tilesOf(
  variant: MatMulVariant,
): Record<'a' | 'b', { alongK: boolean; lines: number; stride: number }> {
  const { rows, columns } = tileOf(variant);
  const tile = (alongK: boolean, length: number) => ({
    alongK,
    lines: alongK ? length : DEPTH,
    stride: (alongK ? DEPTH : length) + ROW_PADDING,
  });
  return { a: tile(!variant.transposeA, rows), b: tile(variant.transposeB, columns) };
}

/** Elements of the staging area through which results are written. */
function exitOf(variant: MatMulVariant): number {
  const { m, n } = shapeOf(variant);
  return variant.across * variant.down * m * n;
}

export function matrixMemory(variant: MatMulVariant): string {
  const { a, b } = tilesOf(variant);
  return `
  var<workgroup> aTile : array<f16, ${a.lines * a.stride}>;
  var<workgroup> bTile : array<f16, ${b.lines * b.stride}>;
  var<workgroup> exit : array<f32, ${exitOf(variant)}>;`;
}

export function matrixBytes(variant: MatMulVariant): number {
  const { a, b } = tilesOf(variant);
  return 2 * (a.lines * a.stride + b.lines * b.stride) + 4 * exitOf(variant);
}

/** A line for every matrix of a unit. */
function ofMatrices(variant: MatMulVariant, line: (i: number, j: number) => string): string {
  const { m, n } = shapeOf(variant);
  return unrolled(variant.rows / m, (i) =>
    range((4 * variant.quads) / n)
      .map((j) => line(i, j))
      .join('\n'),
  );
}

export function matrixBegin(variant: MatMulVariant): string {
  const { m, n } = shapeOf(variant);
  return ofMatrices(variant, (i, j) => `var acc${i}_${j} : subgroup_matrix_result<f32, ${n}, ${m}>;`);
}

export function matrixBody(variant: MatMulVariant): string {
  const { rows, quads, across, down } = variant;
  const shape = shapeOf(variant);
  const tile = tileOf(variant);
  const tiles = tilesOf(variant);
  const loadOperand = (name: 'a' | 'b', length: number, limit: string) =>
    loadTileCode({
      name,
      alongK: tiles[name].alongK,
      length,
      limit,
      depth: DEPTH,
      invocations: invocationsOf(variant),
      put: `let half = ${roundedToF16(variant, name, 'value')};
      let slot = line * ${tiles[name].stride}u + q * 4u;
      ${range(4)
        .map((c) => `${name}Tile[slot + ${c}u] = half[${c}];`)
        .join(' ')}`,
    });
  return `
    let rowTile = group.y * ${tile.rows}u;
    let columnTile = group.x * ${tile.columns}u;
    let aAt = batch * (m * k / 4u);
    let bAt = batch * (k * n / 4u);
    let unitRow = unit / ${across}u * ${rows}u;
    let unitColumn = unit % ${across}u * ${4 * quads}u;
    for (var at = start; at < stop; at += ${DEPTH}u) {
      ${loadOperand('a', tile.rows, 'm')}
      ${loadOperand('b', tile.columns, 'n')}
      workgroupBarrier();
      if (unit < ${across * down}u) {
        for (var step = 0u; step < ${DEPTH}u; step += ${shape.k}u) {
          ${unrolled(rows / shape.m, (i) => `let left${i} = ${loadMatrix(variant, 'a', i)};`)}
          ${unrolled((4 * quads) / shape.n, (j) => `let right${j} = ${loadMatrix(variant, 'b', j)};`)}
          ${ofMatrices(variant, (i, j) => `acc${i}_${j} = subgroupMatrixMultiplyAccumulate(left${i}, right${j}, acc${i}_${j});`)}
        }
      }
      workgroupBarrier();
    }`;
}

export function matrixStores(variant: MatMulVariant): string {
  return ofMatrices(variant, (i, j) => storeMatrix(variant, i, j));
}

/** Loads matrix i of an operand, along the rows or columns of the result, at `step` of k. */
function loadMatrix(variant: MatMulVariant, name: 'a' | 'b', i: number): string {
  const { m, n, k } = shapeOf(variant);
  const { alongK, stride } = tilesOf(variant)[name];
  const [type, from] =
    name === 'a'
      ? [`subgroup_matrix_left<f16, ${k}, ${m}>`, `unitRow + ${i * m}u`]
      : [`subgroup_matrix_right<f16, ${n}, ${k}>`, `unitColumn + ${i * n}u`];
  const at = alongK ? `(${from}) * ${stride}u + step` : `step * ${stride}u + ${from}`;
  const layout = alongK === (name === 'a') ? 'row_major' : 'col_major';
  return `subgroupMatrixLoad<${type}, ${layout}>(&${name}Tile, ${at}, ${stride}u)`;
}

/** Writes matrix i, j of every unit. */
function storeMatrix(variant: MatMulVariant, i: number, j: number): string {
  const { rows, quads, across, down } = variant;
  const { m, n } = shapeOf(variant);
  const vectors = range(4).map((c) => `exit[4u * e + ${c}u]`);
  return `
    if (unit < ${across * down}u) { subgroupMatrixStore<row_major>(&exit, unit * ${m * n}u, acc${i}_${j}, ${n}u); }
    workgroupBarrier();
    for (var e = local; e < ${exitOf(variant) / 4}u; e += ${invocationsOf(variant)}u) {
      let maker = e / ${(m * n) / 4}u;
      let r = rowTile + maker / ${across}u * ${rows}u + ${i * m}u + e % ${(m * n) / 4}u / ${n / 4}u;
      let column = columnTile + maker % ${across}u * ${4 * quads}u + ${j * n}u + e % ${n / 4}u * 4u;
      if (r < m && column < n) {
        let to = (yAt + r * n + column) / 4u;
        let value = vec4<f32>(${vectors.join(', ')}) * ${INVERSE_SCALE};
        ${storeWithEpilogue(variant, 'to', 'value', 'column / 4u')}
      }
    }
    workgroupBarrier();`;
}
