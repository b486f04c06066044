// The form of a matrix product without workgroup memory: every invocation multiplies a tile of its own out of registers.
import { range, unrolled } from '../wgsl.ts';
import { multiplied, type MatMulForm } from './matMulForm.wgsl.ts';
import { operandReaders } from './matMulHalf.wgsl.ts';

/** Operands are read as vectors of four; `row` and `quad` are the first row and the first group of four columns. */
export function directBody(form: MatMulForm): string {
  const { transposeA, transposeB, rows, quads, across, down } = form;
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
    ${transposeA && !transposeB ? stepsOfOne(form) : stepsOfFour(form)}`;
}

/** One k after the other: neither operand's vectors run along k. */
function stepsOfOne(form: MatMulForm): string {
  const { a, b } = operandReaders(form);
  const loadA = unrolled(form.rows / 4, (g) => `let av${g} = ${a(`a_${g} + at * (m / 4u)`)};`);
  const loadB = unrolled(form.quads, (j) => `let bv${j} = ${b(`b_${j} + at * (n / 4u)`)};`);
  const products = multiplied(
    form,
    (i) => `av${i >> 2}[${i & 3}]`,
    (j) => `bv${j}`,
  );
  return `for (var at = start; at < stop; at++) {
      ${loadA}
      ${loadB}
      ${products}
    }`;
}

/** Four of k at a time: vectors that run along k are loaded once, and taken apart in the four steps. */
function stepsOfFour(form: MatMulForm): string {
  const { transposeA, transposeB, rows, quads } = form;
  const { a, b } = operandReaders(form);
  const loadA = transposeA ? '' : unrolled(rows, (i) => `let av${i} = ${a(`a_${i} + at`)};`);
  const loadB = transposeB ? unrolled(4 * quads, (c) => `let bv${c} = ${b(`b_${c} + at`)};`) : '';
  const step = (q: number) => {
    const column = (j: number) => range(4).map((c) => `bv${4 * j + c}[${q}]`);
    const valueB = (j: number) =>
      transposeB ? `vec4<f32>(${column(j).join(', ')})` : b(`b_${j} + (at * 4u + ${q}u) * (n / 4u)`);
    const stepA = (g: number) => `let av${g} = ${a(`a_${g} + (at * 4u + ${q}u) * (m / 4u)`)};`;
    const products = multiplied(
      form,
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
