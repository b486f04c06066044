// The variant of a matrix product without workgroup memory: every invocation multiplies its own tile in registers.
import { range, unrolled } from '../wgsl.ts';
import { multiplyAccumulate, type MatMulVariant } from './matMulVariant.wgsl.ts';
import { operandReaders } from './matMulF16.wgsl.ts';

/** Operands are read as vectors of four; `row` and `quad` are the first row and the first group of four columns. */
export function directBody(variant: MatMulVariant): string {
  const { transposeA, transposeB, rows, quads, across, down } = variant;
  const firstA = transposeA
    ? unrolled(rows / 4, (g) => `let a_${g} = aAt + min(row / 4u + ${g}u, m / 4u - 1u);`)
    : unrolled(rows, (i) => `let a_${i} = aAt + min(row + ${i}u, m - 1u) * (k / 4u);`);
  const firstB = transposeB
    ? unrolled(4 * quads, (c) => `let b_${c} = bAt + min(quad * 4u + ${c}u, n - 1u) * (k / 4u);`)
    : unrolled(quads, (j) => `let b_${j} = bAt + min(quad + ${j}u, n / 4u - 1u);`);
  return `
    let row = (group.y * ${down}u + place.y) * ${rows}u;
    let quad = (group.x * ${across}u + place.x) * ${quads}u;
    let aAt = batch * (m * k / 4u);
    let bAt = batch * (k * n / 4u);
    ${firstA}
    ${firstB}
    ${transposeA && !transposeB ? stepsOfOne(variant) : stepsOfFour(variant)}`;
}

/** Whether line i of an invocation's lines (rows and columns, or groups of four) is one of the operand's. */
function insideOf({
  transposeA,
  transposeB,
}: MatMulVariant): Record<'insideA' | 'insideB', (i: number) => string> {
  return {
    insideA: (i) => (transposeA ? `row / 4u + ${i}u < m / 4u` : `row + ${i}u < m`),
    insideB: (i) => (transposeB ? `quad * 4u + ${i}u < n` : `quad + ${i}u < n / 4u`),
  };
}

/** One k at a time: neither operand's vectors run along k. */
function stepsOfOne(variant: MatMulVariant): string {
  const { a, b } = operandReaders(variant);
  const { insideA, insideB } = insideOf(variant);
  const loadA = unrolled(variant.rows / 4, (g) => `let av${g} = ${a(`a_${g} + at * (m / 4u)`, insideA(g))};`);
  const loadB = unrolled(variant.quads, (j) => `let bv${j} = ${b(`b_${j} + at * (n / 4u)`, insideB(j))};`);
  const products = multiplyAccumulate(
    variant,
    (i) => `av${i >> 2}[${i & 3}]`,
    (j) => `bv${j}`,
  );
  return `for (var at = start; at < stop; at++) {
      ${loadA}
      ${loadB}
      ${products}
    }`;
}

/** Four of k at a time: vectors that run along k are loaded once, and split in the four steps. */
function stepsOfFour(variant: MatMulVariant): string {
  const { transposeA, transposeB, rows, quads } = variant;
  const { a, b } = operandReaders(variant);
  const { insideA, insideB } = insideOf(variant);
  const loadA = transposeA ? '' : unrolled(rows, (i) => `let av${i} = ${a(`a_${i} + at`, insideA(i))};`);
  const loadB = transposeB ? unrolled(4 * quads, (c) => `let bv${c} = ${b(`b_${c} + at`, insideB(c))};`) : '';
  const step = (q: number) => {
    const column = (j: number) => range(4).map((c) => `bv${4 * j + c}[${q}]`);
    const valueB = (j: number) =>
      transposeB
        ? `vec4<f32>(${column(j).join(', ')})`
        : b(`b_${j} + (at * 4u + ${q}u) * (n / 4u)`, insideB(j));
    const stepA = (g: number) => `let av${g} = ${a(`a_${g} + (at * 4u + ${q}u) * (m / 4u)`, insideA(g))};`;
    const products = multiplyAccumulate(
      variant,
      (i) => (transposeA ? `av${i >> 2}[${i & 3}]` : `av${i}[${q}]`),
      (j) => `b${j}`,
    );
    return `{
        ${transposeA ? unrolled(rows / 4, stepA) : ''}
        ${unrolled(quads, (j) => `let b${j} = ${valueB(j)};`)}
        ${products}
      }`;
  };
  return `for (var at = start / 4u; at < stop / 4u; at++) {
      ${loadA}
      ${loadB}
      ${unrolled(4, step)}
    }`;
}
