// The variant of a matrix product for operands whose row length is not a multiple of four: scalar loads, no workgroup
// memory.
import { range, unrolled } from '../wgsl.ts';
import { multiplyAccumulate, type MatMulVariant } from './matMulVariant.wgsl.ts';
import { operandReaders } from './matMulF16.wgsl.ts';

export function plainBody(variant: MatMulVariant): string {
  const { transposeA, transposeB, rows, quads, across, down } = variant;
  const read = operandReaders(variant);
  const a = (i: number) => {
    const own = `min(row + ${i}u, m - 1u)`;
    return read.a(transposeA ? `aAt + at * m + ${own}` : `aAt + ${own} * k + at`, `row + ${i}u < m`);
  };
  const b = (c: number) => {
    const column = `min(quad * 4u + ${c}u, n - 1u)`;
    return read.b(
      transposeB ? `bAt + ${column} * k + at` : `bAt + at * n + ${column}`,
      `quad * 4u + ${c}u < n`,
    );
  };
  const fourOfB = (j: number) => range(4).map((c) => b(4 * j + c));
  const loadA = unrolled(rows, (i) => `let av${i} = ${a(i)};`);
  const loadB = unrolled(quads, (j) => `let bv${j} = vec4<f32>(${fourOfB(j).join(', ')});`);
  const products = multiplyAccumulate(
    variant,
    (i) => `av${i}`,
    (j) => `bv${j}`,
  );
  return `
    let row = (group.y * ${down}u + place.y) * ${rows}u;
    let quad = (group.x * ${across}u + place.x) * ${quads}u;
    let aAt = batch * (m * k);
    let bAt = batch * (k * n);
    for (var at = start; at < stop; at++) {
      ${loadA}
      ${loadB}
      ${products}
    }`;
}
