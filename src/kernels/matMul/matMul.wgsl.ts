// Matrix products in WGSL: op(a) . op(b) with transposes handled in the loads, an epilogue, and split k.
//
//   direct   every invocation multiplies its own tile in registers, without workgroup memory
//   shared   a workgroup loads tiles of both operands into workgroup memory (for hardware GPUs)
//   plain    scalar loads for operands whose row length is not a multiple of four
//   matrix   as shared, multiplied by subgroup matrices (matMulSubgroupMatrix.wgsl.ts); in F16 only
//
// In all but the last an invocation holds acc[i][j]: row i of its rows, four columns. Sizes are uniforms; workgroup z
// counts batch * splits, and every split writes its own product over its part of k. Several products of the same size
// may share a dispatch: each with its own buffers, one after the other in z, or summed by the same invocations.
import { header, range, unrolled } from '../wgsl.ts';
import { geluFunctions } from '../gelu/gelu.wgsl.ts';
import { directBody } from './matMulDirect.wgsl.ts';
import { invocationsOf, storeWithEpilogue, tileOf, type MatMulVariant } from './matMulVariant.wgsl.ts';
import {
  addToCounter,
  COUNTER,
  f16Functions,
  SCALE_UNIFORM,
  INVERSE_SCALE,
  type OperandType,
} from './matMulF16.wgsl.ts';
import { plainBody } from './matMulPlain.wgsl.ts';
import { sharedBody, sharedBytes, sharedMemory } from './matMulShared.wgsl.ts';
import {
  MATRIX_DIRECTIVES,
  matrixBegin,
  matrixBody,
  matrixBytes,
  matrixMemory,
  matrixStores,
} from './matMulSubgroupMatrix.wgsl.ts';

export function matMulCode(variant: MatMulVariant): string {
  const type = operandTypeOf(variant);
  const out = storesQuads(variant) ? 'vec4<f32>' : 'f32';
  const { epilogue } = variant;
  const writes = {
    y: out,
    ...(epilogue === 'gelu' && { before: out }),
    ...(variant.sums && !variant.parts && { sums: type }),
  };
  const reads = {
    a: type,
    b: type,
    ...((epilogue === 'bias' || epilogue === 'gelu') && { bias: out }),
    ...(epilogue === 'add' && { addend: out }),
    ...(epilogue === 'geluGradient' && { z: out }),
  };
  const uniforms = 'm : u32, n : u32, k : u32, splits : u32, partSize : u32, tiles : u32';
  return [
    keepsF16(variant) ? 'enable f16;' : '',
    variant.kind === 'matrix' ? MATRIX_DIRECTIVES : '',
    header(
      { ...ownBuffers(variant, writes), ...(variant.counted && COUNTER) },
      ownBuffers(variant, reads),
      variant.f16 ? `${uniforms}, ${SCALE_UNIFORM}` : uniforms,
    ),
    variant.f16 ? f16Functions(type, variant, keepsF16(variant)) : '',
    epilogue.startsWith('gelu') ? geluFunctions(out) : '',
    variant.kind === 'shared' ? sharedMemory(variant) : '',
    variant.kind === 'matrix' ? matrixMemory(variant) : '',
    entry(variant),
  ].join('\n');
}

function operandTypeOf({ kind }: MatMulVariant): OperandType {
  return kind === 'plain' ? 'f32' : 'vec4<f32>';
}

/** Whether operands are stored in F16. In registers they are only rounded to it. */
function keepsF16({ f16, kind }: MatMulVariant): boolean {
  return f16 === true && (kind === 'shared' || kind === 'matrix');
}

/** Bytes of workgroup memory that a variant needs. */
export function workgroupMemoryOf(variant: MatMulVariant): number {
  if (variant.kind === 'matrix') return matrixBytes(variant);
  return variant.kind === 'shared' ? sharedBytes(variant) : 0;
}

/** Not b0, which would clash with a variable in the shader. */
const ownBuffer = (name: string, i: number) => `${name}Of${i}`;

/** Bindings in which each buffer that every product has its own of is replaced by one per product. */
function ownBuffers({ grouped }: MatMulVariant, bindings: Record<string, string>): Record<string, string> {
  const entries = Object.entries(bindings).flatMap(([name, type]) =>
    grouped?.own.includes(name)
      ? range(grouped.count).map((i) => [ownBuffer(name, i), type] as const)
      : [[name, type] as const],
  );
  return Object.fromEntries(entries);
}

/**
 * The same code on other buffers.
 * @param names new names by old ones
 */
function onBuffers(code: string, names: Record<string, string>): string {
  return Object.entries(names).reduce(
    (text, [from, to]) => text.replace(new RegExp(`\\b${from}\\[`, 'g'), `${to}[`),
    code,
  );
}

/**
 * Whether an invocation's four columns are adjacent. They are not where b's rows are distributed over the
 * invocations.
 */
function storesQuads({ kind, transposeB }: MatMulVariant): boolean {
  return kind === 'direct' || kind === 'matrix' || (kind === 'shared' && !transposeB);
}

function entry(variant: MatMulVariant): string {
  const { across, down } = variant;
  const matrix = variant.kind === 'matrix';
  return `
  @compute @workgroup_size(${matrix ? invocationsOf(variant) : `${across}, ${down}`}) fn main(
    @builtin(workgroup_id) group : vec3<u32>,
    ${matrix ? '@builtin(subgroup_id) unit : u32,' : ''}
    @builtin(local_invocation_id) place : vec3<u32>,
    @builtin(local_invocation_index) local : u32
  ) {
    let m = uniforms.m;
    let n = uniforms.n;
    let k = uniforms.k;
    let part = group.z % uniforms.splits;
    let start = part * uniforms.partSize;
    let stop = min(k, start + uniforms.partSize);
    ${offsets(variant)}
    ${products(variant)}
    ${addToCounter(operandTypeOf(variant), variant)}
  }`;
}

/** The index of the product, and where its result and its sums begin. */
function offsets({ grouped, sums, parts, kind }: MatMulVariant): string {
  const separate = grouped !== undefined && !grouped.added;
  const number = 'group.z / uniforms.splits';
  const places = `
    let product = ${separate ? number : '0u'};
    let batch = ${separate ? '0u' : number};`;
  if (!parts) return `${places} let yAt = batch * m * n; let sumsAt = 0u;`;
  return `${places}
    let yAt = (part * ${separate ? grouped.count : 1}u + product) * (m * n${sums ? ' + m' : ''});
    let sumsAt = (yAt + m * n) / ${kind === 'plain' ? 1 : 4}u;`;
}

/** The main body of an invocation, for one product or for several. */
function products(variant: MatMulVariant): string {
  const { kind, grouped, parts } = variant;
  const bodies = { direct: directBody, shared: sharedBody, plain: plainBody, matrix: matrixBody };
  const begin =
    kind === 'matrix' ? matrixBegin(variant) : ofSums(variant, (acc) => `var ${acc} = vec4<f32>();`);
  const body = bodies[variant.kind](variant);
  const sums = variant.sums ? onBuffers(sumsBody(variant), parts ? { sums: 'y' } : {}) : '';
  const whole = `${sums} ${begin} ${body} ${stores(variant)}`;
  if (!grouped) return whole;
  const own = (i: number) => Object.fromEntries(grouped.own.map((name) => [name, ownBuffer(name, i)]));
  if (!grouped.added)
    return unrolled(grouped.count, (i) => `if (product == ${i}u) { ${onBuffers(whole, own(i))} }`);
  const added = (i: number) =>
    `{ ${onBuffers(body, own(i))} ${i === grouped.count - 1 ? stores(variant) : ''} }`;
  return `${begin} ${unrolled(grouped.count, added)}`;
}

/** A line for every vector of sums of an invocation. */
function ofSums({ rows, quads }: MatMulVariant, line: (acc: string) => string): string {
  return unrolled(rows, (i) =>
    range(quads)
      .map((j) => line(`acc${i}_${j}`))
      .join(' '),
  );
}

/** The last column of workgroups sums the columns of a that correspond to the rows of its tile. */
function sumsBody(variant: MatMulVariant): string {
  const unit = variant.kind === 'plain' ? 1 : 4;
  const own = tileOf(variant).rows / unit;
  return `
    if (group.x == uniforms.tiles) {
      let units = m / ${unit}u;
      for (var i = local; i < ${own}u; i += ${invocationsOf(variant)}u) {
        let column = group.y * ${own}u + i;
        if (column < units) {
          var total = a[start * units + column];
          for (var at = start + 1u; at < stop; at++) { total += a[at * units + column]; }
          sums[sumsAt + column] = total;
        }
      }
      return;
    }`;
}

/** Row i of an invocation's rows. */
function rowOf({ kind, transposeA, down }: MatMulVariant, i: number): string {
  if (kind !== 'shared') return `row + ${i}u`;
  if (!transposeA) return `rowTile + place.y + ${i * down}u`;
  return `rowTile + 4u * (place.y + ${(i >> 2) * down}u) + ${i & 3}u`;
}

/** Column q of group j. */
function columnOf({ kind, transposeB, across }: MatMulVariant, j: number, q: number): string {
  if (kind !== 'shared') return `(quad + ${j}u) * 4u + ${q}u`;
  if (transposeB) return `columnTile + place.x + ${(4 * j + q) * across}u`;
  return `columnTile + 4u * (place.x + ${j * across}u) + ${q}u`;
}

function stores(variant: MatMulVariant): string {
  if (variant.kind === 'matrix') return matrixStores(variant);
  const unscaled = variant.f16 ? ofSums(variant, (acc) => `${acc} *= ${INVERSE_SCALE};`) : '';
  const store = storesQuads(variant) ? storeQuad : storeFour;
  const rows = unrolled(variant.rows, (i) => {
    const columns = range(variant.quads).map((j) => store(variant, i, j));
    return `{ let r = ${rowOf(variant, i)}; if (r < m) { let line = yAt + r * n; ${columns.join(' ')} } }`;
  });
  return `${unscaled} ${rows}`;
}

/** Stores a group of four columns as one vector. */
function storeQuad(variant: MatMulVariant, i: number, j: number): string {
  const value = storeWithEpilogue(variant, '(line + column) / 4u', `acc${i}_${j}`, 'column / 4u');
  return `{ let column = ${columnOf(variant, j, 0)}; if (column < n) { ${value} } }`;
}

/** Stores a group of four columns one by one. */
function storeFour(variant: MatMulVariant, i: number, j: number): string {
  const lines = range(4).map((q) => {
    const value = storeWithEpilogue(variant, 'line + column', `acc${i}_${j}[${q}]`, 'column');
    return `{ let column = ${columnOf(variant, j, q)}; if (column < n) { ${value} } }`;
  });
  return lines.join(' ');
}
