// Matrix products in WGSL: op(a) . op(b) with transposes taken in the loads, an epilogue, and split k.
//
//   direct   every invocation multiplies a tile of its own out of registers, without workgroup memory
//   shared   a workgroup brings tiles of both operands into workgroup memory (for real GPUs)
//   plain    scalar loads for operands whose rows are no multiple of four long
//
// In all of them an invocation holds acc[i][j]: row i of its rows, four columns. Sizes come in by uniforms; workgroup z
// counts batch * splits, and every split writes a product of its own part of k.
import { header } from '../dispatch.webgpu.ts';
import { geluFunctions } from '../gelu/gelu.wgsl.ts';
import { each, multiplied, tileOf, upTo, type MatMulForm } from './matMulForm.wgsl.ts';
import { sharedBody, sharedMemory } from './matMulShared.wgsl.ts';

export function matMulCode(form: MatMulForm): string {
  const type = form.kind === 'plain' ? 'f32' : 'vec4<f32>';
  const out = storesQuads(form) ? 'vec4<f32>' : 'f32';
  const writes = {
    y: out,
    ...(form.epilogue === 'gelu' && { before: out }),
    ...(form.sums && { sums: type }),
  };
  const reads = { a: type, b: type, ...(form.epilogue !== 'none' && { bias: out }) };
  const uniforms = 'm : u32, n : u32, k : u32, splits : u32, share : u32, tiles : u32';
  return [
    header(writes, reads, uniforms),
    form.epilogue === 'gelu' ? geluFunctions(out) : '',
    form.kind === 'shared' ? sharedMemory(form) : '',
    entry(form),
  ].join('\n');
}

/** Are an invocation's four columns neighbours? Not where b's rows are spread over the invocations. */
function storesQuads({ kind, transposeB }: MatMulForm): boolean {
  return kind === 'direct' || (kind === 'shared' && !transposeB);
}

function entry(form: MatMulForm): string {
  const { rows, quads, across, down } = form;
  const bodies = { direct: directBody, shared: sharedBody, plain: plainBody };
  return `
  @compute @workgroup_size(${across}, ${down}) fn main(
    @builtin(workgroup_id) group : vec3<u32>,
    @builtin(local_invocation_id) place : vec3<u32>,
    @builtin(local_invocation_index) local : u32
  ) {
    let m = uniforms.m;
    let n = uniforms.n;
    let k = uniforms.k;
    let batch = group.z / uniforms.splits;
    let part = group.z % uniforms.splits;
    let start = part * uniforms.share;
    let stop = min(k, start + uniforms.share);
    ${form.sums ? sumsBody(form) : ''}
    ${each(rows, (i) =>
      upTo(quads)
        .map((j) => `var acc${i}_${j} = vec4<f32>();`)
        .join(' '),
    )}
    ${bodies[form.kind](form)}
    ${stores(form)}
  }`;
}

/** The last column of workgroups adds up the columns of a that are the rows of its tile. */
function sumsBody(form: MatMulForm): string {
  const unit = form.kind === 'plain' ? 1 : 4;
  const own = tileOf(form).rows / unit;
  return `
    if (group.x == uniforms.tiles) {
      let units = m / ${unit}u;
      for (var i = local; i < ${own}u; i += ${form.across * form.down}u) {
        let column = group.y * ${own}u + i;
        if (column < units) {
          var total = a[start * units + column];
          for (var at = start + 1u; at < stop; at++) { total += a[at * units + column]; }
          sums[part * units + column] = total;
        }
      }
      return;
    }`;
}

// ---- direct

function directBody(form: MatMulForm): string {
  const { transposeA, transposeB, rows, quads, across, down } = form;
  const bases = `
    let row = (group.y * ${down}u + place.y) * ${rows}u;
    let quad = (group.x * ${across}u + place.x) * ${quads}u;
    let aAt = batch * (m * k / 4u);
    let bAt = batch * (k * n / 4u);
    ${
      transposeA
        ? each(rows / 4, (g) => `let a_${g} = aAt + min(row / 4u + ${g}u, m / 4u - 1u);`)
        : each(rows, (i) => `let a_${i} = aAt + min(row + ${i}u, m - 1u) * (k / 4u);`)
    }
    ${
      transposeB
        ? each(4 * quads, (c) => `let b_${c} = bAt + min(quad * 4u + ${c}u, n - 1u) * (k / 4u);`)
        : each(quads, (j) => `let b_${j} = bAt + min(quad + ${j}u, n / 4u - 1u);`)
    }`;
  if (transposeA && !transposeB) {
    return `${bases}
    for (var at = start; at < stop; at++) {
      ${each(rows / 4, (g) => `let av${g} = a[a_${g} + at * (m / 4u)];`)}
      ${each(quads, (j) => `let bv${j} = b[b_${j} + at * (n / 4u)];`)}
      ${multiplied(
        form,
        (i) => `av${i >> 2}[${i & 3}]`,
        (j) => `bv${j}`,
      )}
    }`;
  }
  const loads = [
    transposeA ? '' : each(rows, (i) => `let av${i} = a[a_${i} + at];`),
    transposeB ? each(4 * quads, (c) => `let bv${c} = b[b_${c} + at];`) : '',
  ].join('\n');
  const turn = (j: number, q: number) =>
    `vec4<f32>(${upTo(4)
      .map((c) => `bv${4 * j + c}[${q}]`)
      .join(', ')})`;
  return `${bases}
    for (var at = start / 4u; at < stop / 4u; at++) {
      ${loads}
      ${each(
        4,
        (q) => `{
        ${transposeA ? each(rows / 4, (g) => `let av${g} = a[a_${g} + (at * 4u + ${q}u) * (m / 4u)];`) : ''}
        ${each(quads, (j) => `let b${j} = ${transposeB ? turn(j, q) : `b[b_${j} + (at * 4u + ${q}u) * (n / 4u)]`};`)}
        ${multiplied(
          form,
          (i) => (transposeA ? `av${i >> 2}[${i & 3}]` : `av${i}[${q}]`),
          (j) => `b${j}`,
        )}
      }`,
      )}
    }`;
}

// ---- plain

function plainBody(form: MatMulForm): string {
  const { transposeA, transposeB, rows, quads, across, down } = form;
  const a = (i: number) =>
    transposeA ? `a[aAt + at * m + min(row + ${i}u, m - 1u)]` : `a[aAt + min(row + ${i}u, m - 1u) * k + at]`;
  const b = (c: number) => {
    const column = `min(quad * 4u + ${c}u, n - 1u)`;
    return transposeB ? `b[bAt + ${column} * k + at]` : `b[bAt + at * n + ${column}]`;
  };
  return `
    let row = (group.y * ${down}u + place.y) * ${rows}u;
    let quad = (group.x * ${across}u + place.x) * ${quads}u;
    let aAt = batch * (m * k);
    let bAt = batch * (k * n);
    for (var at = start; at < stop; at++) {
      ${each(rows, (i) => `let av${i} = ${a(i)};`)}
      ${each(
        quads,
        (j) =>
          `let bv${j} = vec4<f32>(${upTo(4)
            .map((c) => b(4 * j + c))
            .join(', ')});`,
      )}
      ${multiplied(
        form,
        (i) => `av${i}`,
        (j) => `bv${j}`,
      )}
    }`;
}

// ---- results

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
  const whole = storesQuads(form);
  const put = (to: string, value: string, column: string) => {
    if (form.epilogue === 'none') return `y[${to}] = ${value};`;
    const shifted = `${value} + bias[${column}]`;
    if (form.epilogue === 'bias') return `y[${to}] = ${shifted};`;
    return `{ let z = ${shifted}; before[${to}] = z; y[${to}] = gelu(z); }`;
  };
  return each(form.rows, (i) => {
    const lines = upTo(form.quads).map((j) => {
      if (whole)
        return `{ let column = ${columnOf(form, j, 0)}; if (column < n) { ${put('(line + column) / 4u', `acc${i}_${j}`, 'column / 4u')} } }`;
      return upTo(4)
        .map((q) => {
          const column = columnOf(form, j, q);
          return `{ let column = ${column}; if (column < n) { ${put('line + column', `acc${i}_${j}[${q}]`, 'column')} } }`;
        })
        .join(' ');
    });
    return `{ let r = ${rowOf(form, i)}; if (r < m) { let line = (group.z * m + r) * n; ${lines.join(' ')} } }`;
  });
}

/** Adds the parts of a split product. */
export function sumOfPartsCode(): string {
  return `${header({ y: 'f32' }, { parts: 'f32' }, 'size : u32, splits : u32')}
  @compute @workgroup_size(64) fn main(
    @builtin(workgroup_id) group : vec3<u32>,
    @builtin(num_workgroups) groups : vec3<u32>,
    @builtin(local_invocation_index) local : u32
  ) {
    let i = (group.y * groups.x + group.x) * 64u + local;
    if (i >= uniforms.size) { return; }
    var total = 0.0;
    for (var s = 0u; s < uniforms.splits; s++) { total += parts[s * uniforms.size + i]; }
    y[i] = total;
  }`;
}
