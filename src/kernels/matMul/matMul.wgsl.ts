// Matrix products in WGSL: op(a) . op(b) with transposes taken in the loads, an epilogue, and split k.
//
//   direct   every invocation multiplies a tile of its own out of registers, without workgroup memory
//   shared   a workgroup brings tiles of both operands into workgroup memory (for real GPUs)
//   plain    scalar loads for operands whose rows are no multiple of four long
//   matrix   as shared, multiplied by subgroup matrices (matMulSubgroupMatrix.wgsl.ts); in F16 only
//
// In all but the last an invocation holds acc[i][j]: row i of its rows, four columns. Sizes come in by uniforms; workgroup z
// counts batch * splits, and every split writes a product of its own part of k. Several products of the same sizes may
// share a dispatch: each on buffers of its own, one after the other in z, or added up by the same invocations.
import { header, range, unrolled } from '../wgsl.ts';
import { geluFunctions } from '../gelu/gelu.wgsl.ts';
import { directBody } from './matMulDirect.wgsl.ts';
import { invocationsOf, stored, tileOf, type MatMulForm } from './matMulForm.wgsl.ts';
import { halfFunctions, LIFT, quantisingFunctions, UNLIFT } from './matMulHalf.wgsl.ts';
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

export function matMulCode(form: MatMulForm): string {
  const type = form.kind === 'plain' ? 'f32' : 'vec4<f32>';
  const out = storesQuads(form) ? 'vec4<f32>' : 'f32';
  const { epilogue } = form;
  const writes = {
    y: out,
    ...(epilogue === 'gelu' && { before: out }),
    ...(form.sums && !form.parts && { sums: type }),
  };
  const reads = {
    a: type,
    b: type,
    ...((epilogue === 'bias' || epilogue === 'gelu') && { bias: out }),
    ...(epilogue === 'add' && { addend: out }),
    ...(epilogue === 'geluGradient' && { z: out }),
  };
  const uniforms = 'm : u32, n : u32, k : u32, splits : u32, share : u32, tiles : u32';
  return [
    keepsHalf(form) ? 'enable f16;' : '',
    form.kind === 'matrix' ? MATRIX_DIRECTIVES : '',
    header(ownBuffers(form, writes), ownBuffers(form, reads), form.half ? `${uniforms}, ${LIFT}` : uniforms),
    form.half ? (keepsHalf(form) ? halfFunctions : quantisingFunctions)(type) : '',
    epilogue.startsWith('gelu') ? geluFunctions(out) : '',
    form.kind === 'shared' ? sharedMemory(form) : '',
    form.kind === 'matrix' ? matrixMemory(form) : '',
    entry(form),
  ].join('\n');
}

/** Are operands kept in F16? In registers they are only rounded to it. */
function keepsHalf({ half, kind }: MatMulForm): boolean {
  return half === true && (kind === 'shared' || kind === 'matrix');
}

/** Bytes of workgroup memory that a form needs. */
export function memoryOf(form: MatMulForm): number {
  if (form.kind === 'matrix') return matrixBytes(form);
  return form.kind === 'shared' ? sharedBytes(form) : 0;
}

/** Not b0, which is a vector of b's somewhere. */
const ownBuffer = (name: string, i: number) => `${name}Of${i}`;

/** Bindings, with one for every product in place of a buffer that each has its own of. */
function ownBuffers({ several }: MatMulForm, bindings: Record<string, string>): Record<string, string> {
  const entries = Object.entries(bindings).flatMap(([name, type]) =>
    several?.own.includes(name)
      ? range(several.count).map((i) => [ownBuffer(name, i), type] as const)
      : [[name, type] as const],
  );
  return Object.fromEntries(entries);
}

/** The same code on other buffers. @param names new names by the old ones */
function onBuffers(code: string, names: Record<string, string>): string {
  return Object.entries(names).reduce(
    (text, [from, to]) => text.replace(new RegExp(`\\b${from}\\[`, 'g'), `${to}[`),
    code,
  );
}

/** Are an invocation's four columns neighbours? Not where b's rows are spread over the invocations. */
function storesQuads({ kind, transposeB }: MatMulForm): boolean {
  return kind === 'direct' || kind === 'matrix' || (kind === 'shared' && !transposeB);
}

function entry(form: MatMulForm): string {
  const { across, down } = form;
  const matrix = form.kind === 'matrix';
  return `
  @compute @workgroup_size(${matrix ? invocationsOf(form) : `${across}, ${down}`}) fn main(
    @builtin(workgroup_id) group : vec3<u32>,
    ${matrix ? '@builtin(subgroup_id) unit : u32,' : ''}
    @builtin(local_invocation_id) place : vec3<u32>,
    @builtin(local_invocation_index) local : u32
  ) {
    let m = uniforms.m;
    let n = uniforms.n;
    let k = uniforms.k;
    let part = group.z % uniforms.splits;
    let start = part * uniforms.share;
    let stop = min(k, start + uniforms.share);
    ${placesOf(form)}
    ${products(form)}
  }`;
}

/** Which product this is, and where its result and its sums begin. */
function placesOf({ several, sums, parts, kind }: MatMulForm): string {
  const apart = several !== undefined && !several.added;
  const number = 'group.z / uniforms.splits';
  const places = `
    let product = ${apart ? number : '0u'};
    let batch = ${apart ? '0u' : number};`;
  if (!parts) return `${places} let yAt = batch * m * n; let sumsAt = 0u;`;
  return `${places}
    let yAt = (part * ${apart ? several.count : 1}u + product) * (m * n${sums ? ' + m' : ''});
    let sumsAt = (yAt + m * n) / ${kind === 'plain' ? 1 : 4}u;`;
}

/** All that an invocation does, for one product or for several. */
function products(form: MatMulForm): string {
  const { kind, several, parts } = form;
  const bodies = { direct: directBody, shared: sharedBody, plain: plainBody, matrix: matrixBody };
  const begin = kind === 'matrix' ? matrixBegin(form) : ofSums(form, (acc) => `var ${acc} = vec4<f32>();`);
  const body = bodies[form.kind](form);
  const sums = form.sums ? onBuffers(sumsBody(form), parts ? { sums: 'y' } : {}) : '';
  const whole = `${sums} ${begin} ${body} ${stores(form)}`;
  if (!several) return whole;
  const own = (i: number) => Object.fromEntries(several.own.map((name) => [name, ownBuffer(name, i)]));
  if (!several.added)
    return unrolled(several.count, (i) => `if (product == ${i}u) { ${onBuffers(whole, own(i))} }`);
  const added = (i: number) =>
    `{ ${onBuffers(body, own(i))} ${i === several.count - 1 ? stores(form) : ''} }`;
  return `${begin} ${unrolled(several.count, added)}`;
}

/** A line for every vector of sums that an invocation holds. */
function ofSums({ rows, quads }: MatMulForm, line: (acc: string) => string): string {
  return unrolled(rows, (i) =>
    range(quads)
      .map((j) => line(`acc${i}_${j}`))
      .join(' '),
  );
}

/** The last column of workgroups adds up the columns of a that are the rows of its tile. */
function sumsBody(form: MatMulForm): string {
  const unit = form.kind === 'plain' ? 1 : 4;
  const own = tileOf(form).rows / unit;
  return `
    if (group.x == uniforms.tiles) {
      let units = m / ${unit}u;
      for (var i = local; i < ${own}u; i += ${invocationsOf(form)}u) {
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
function rowOf({ kind, transposeA, down }: MatMulForm, i: number): string {
  if (kind !== 'shared') return `row + ${i}u`;
  if (!transposeA) return `rowTile + place.y + ${i * down}u`;
  return `rowTile + 4u * (place.y + ${(i >> 2) * down}u) + ${i & 3}u`;
}

/** Column q of group j. */
function columnOf({ kind, transposeB, across }: MatMulForm, j: number, q: number): string {
  if (kind !== 'shared') return `(quad + ${j}u) * 4u + ${q}u`;
  if (transposeB) return `columnTile + place.x + ${(4 * j + q) * across}u`;
  return `columnTile + 4u * (place.x + ${j * across}u) + ${q}u`;
}

function stores(form: MatMulForm): string {
  if (form.kind === 'matrix') return matrixStores(form);
  const unscaled = form.half ? ofSums(form, (acc) => `${acc} *= ${UNLIFT};`) : '';
  const store = storesQuads(form) ? storeQuad : storeFour;
  const rows = unrolled(form.rows, (i) => {
    const columns = range(form.quads).map((j) => store(form, i, j));
    return `{ let r = ${rowOf(form, i)}; if (r < m) { let line = yAt + r * n; ${columns.join(' ')} } }`;
  });
  return `${unscaled} ${rows}`;
}

/** Stores a group of four columns as one vector. */
function storeQuad(form: MatMulForm, i: number, j: number): string {
  const value = stored(form, '(line + column) / 4u', `acc${i}_${j}`, 'column / 4u');
  return `{ let column = ${columnOf(form, j, 0)}; if (column < n) { ${value} } }`;
}

/** Stores a group of four columns one by one. */
function storeFour(form: MatMulForm, i: number, j: number): string {
  const lines = range(4).map((q) => {
    const value = stored(form, 'line + column', `acc${i}_${j}[${q}]`, 'column');
    return `{ let column = ${columnOf(form, j, q)}; if (column < n) { ${value} } }`;
  });
  return lines.join(' ');
}
