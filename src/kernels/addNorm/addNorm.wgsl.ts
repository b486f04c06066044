// Layer normalisation of dropout(x) + residual in WGSL, and its gradient with respect to x and residual.
//
// A row is computed by one invocation where there is no fast workgroup memory, otherwise by a workgroup of `lanes`
// invocations that sum over it together. Elements are f32 or vec4<f32>.
import { header, inner } from '../wgsl.ts';
import { MASK, MASK_UNIFORMS } from '../dropout/dropout.wgsl.ts';
import { rowSum, rowSumBegin, rowSumDirectives, rowSumParameters } from '../rowSum.wgsl.ts';

export interface RowVariant {
  type: 'vec4<f32>' | 'f32';
  /** Invocations per row: 1, or a power of two. */
  lanes: number;
  /** Whether they sum with subgroup operations. */
  subgroups?: boolean;
}

/** Identifies a variant in the key of a pipeline. */
export function rowVariantKey({ type, lanes, subgroups }: RowVariant): string {
  return `${type}_${lanes}${subgroups ? '_subgroups' : ''}`;
}

/** Rows per workgroup when each row has one invocation. */
const ROWS = 8;

/** Invocations per workgroup. */
export function workgroupSize({ lanes }: RowVariant): number {
  return lanes === 1 ? ROWS : lanes;
}

export function rowWorkgroups(rows: number, { lanes }: RowVariant): number {
  return lanes === 1 ? Math.ceil(rows / ROWS) : rows;
}

const maskOf = (type: string, at: string) => (type === 'f32' ? `maskOfOne(${at})` : `maskOfQuad(${at})`);

/** sumOverRow(value): the sum of a value over the invocations of a row. */
function sumOverRow({ lanes, subgroups = false }: RowVariant): string {
  if (lanes === 1) return 'fn sumOverRow(value : f32, lane : u32) -> f32 { return value; }';
  return rowSum(lanes, subgroups);
}

/** An entry point that defines row, lane, and at, the first element of the row. */
function rowMain(variant: RowVariant, body: string, before = ''): string {
  const { lanes, subgroups = false } = variant;
  const size = workgroupSize(variant);
  return `
  @compute @workgroup_size(${size}) fn main(
    @builtin(workgroup_id) group : vec3<u32>,
    @builtin(num_workgroups) groups : vec3<u32>,
    ${rowSumParameters(subgroups)}
    @builtin(local_invocation_index) local : u32
  ) {
    ${rowSumBegin(subgroups)}
    let number = group.y * groups.x + group.x;
    ${before}
    let row = ${lanes === 1 ? `number * ${ROWS}u + local` : 'number'};
    let lane = ${lanes === 1 ? '0u' : 'local'};
    if (row >= uniforms.rows) { return; }
    let width = uniforms.width;
    let at = row * width;
    let features = f32(uniforms.features);
    ${body}
  }`;
}

const SIZES = 'rows : u32, width : u32, features : u32';

/** y temporarily holds the input of the normalisation. */
export function addNormCode(variant: RowVariant, residual: boolean): string {
  const { type, lanes } = variant;
  const reads = { x: type, ...(residual && { residual: type }), gamma: type, bias: type };
  const writes = { y: type, normalised: type, rstd: 'f32' };
  const walk = `for (var i = lane; i < width; i += ${lanes}u)`;
  const one = `${type}(1.0)`;
  return `${rowSumDirectives(variant.subgroups ?? false)}
  ${header(writes, reads, `${SIZES}, epsilon : f32, ${MASK_UNIFORMS}`)}
  ${MASK}
  ${sumOverRow(variant)}
  ${rowMain(
    variant,
    `
    var sum = 0.0;
    ${walk} {
      let value = x[at + i] * ${maskOf(type, 'at + i')}${residual ? ' + residual[at + i]' : ''};
      y[at + i] = value;
      sum += ${inner(type, 'value', one)};
    }
    let mean = ${type}(sumOverRow(sum, lane) / features);
    var squares = 0.0;
    ${walk} {
      let centred = y[at + i] - mean;
      squares += ${inner(type, 'centred', 'centred')};
    }
    let inverse = inverseSqrt(sumOverRow(squares, lane) / features + uniforms.epsilon);
    if (lane == 0u) { rstd[row] = inverse; }
    ${walk} {
      let normal = (y[at + i] - mean) * inverse;
      normalised[at + i] = normal;
      y[at + i] = normal * gamma[i] + bias[i];
    }`,
  )}`;
}

const COLUMN_SIZES = `${SIZES}, rowGroups : u32, columnGroups : u32, parts : u32, partSize : u32`;

/** The workgroups after those of the rows: column sums of dy and dy * normalised, over parts of the rows. */
function columnsBody(variant: RowVariant, inParts: boolean): string {
  const place = (name: string, before: string) =>
    inParts ? `sums[${before} * uniforms.width + column]` : `${name}[column]`;
  return `
    if (number >= uniforms.rowGroups) {
      let part = (number - uniforms.rowGroups) / uniforms.columnGroups;
      let column = (number - uniforms.rowGroups) % uniforms.columnGroups * ${workgroupSize(variant)}u + local;
      if (part < uniforms.parts && column < uniforms.width) {
      var sum = ${variant.type}();
      var product = ${variant.type}();
      let stop = min(uniforms.rows, (part + 1u) * uniforms.partSize);
      for (var r = part * uniforms.partSize; r < stop; r++) {
        let d = dy[r * uniforms.width + column];
        sum += d;
        product += d * normalised[r * uniforms.width + column];
      }
      ${place('dBias', '2u * part')} = sum;
      ${place('dGain', '(2u * part + 1u)')} = product;
      }
      // Outside of the condition: that all of a workgroup leave is what makes the barriers below lawful.
      return;
    }`;
}

/**
 * dResidual is the gradient of the input of the normalisation; with `mask`, dx is that gradient under the mask.
 * @param inParts whether dBias and dGain are written to `sums`, one after the other for every part of the rows
 */
export function addNormGradientCode(variant: RowVariant, mask: boolean, inParts: boolean): string {
  const { type, lanes } = variant;
  const columns: Record<string, string> = inParts ? { sums: type } : { dBias: type, dGain: type };
  const writes = { dResidual: type, ...(mask && { dx: type }), ...columns };
  const reads = { dy: type, normalised: type, rstd: 'f32', gamma: type };
  const walk = `for (var i = lane; i < width; i += ${lanes}u)`;
  return `${rowSumDirectives(variant.subgroups ?? false)}
  ${header(writes, reads, mask ? `${COLUMN_SIZES}, ${MASK_UNIFORMS}` : COLUMN_SIZES)}
  ${mask ? MASK : ''}
  ${sumOverRow(variant)}
  ${rowMain(
    variant,
    `
    var sum = 0.0;
    var product = 0.0;
    ${walk} {
      let g = dy[at + i] * gamma[i];
      sum += ${inner(type, 'g', `${type}(1.0)`)};
      product += ${inner(type, 'g', 'normalised[at + i]')};
    }
    let meanG = ${type}(sumOverRow(sum, lane) / features);
    let meanGx = sumOverRow(product, lane) / features;
    let inverse = rstd[row];
    ${walk} {
      let d = (dy[at + i] * gamma[i] - meanG - normalised[at + i] * meanGx) * inverse;
      dResidual[at + i] = d;
      ${mask ? `dx[at + i] = d * ${maskOf(type, 'at + i')};` : ''}
    }`,
    columnsBody(variant, inParts),
  )}`;
}
