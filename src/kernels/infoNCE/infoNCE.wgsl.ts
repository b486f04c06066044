// InfoNCE in WGSL: the rows of the softmax with the vector lengths they need, their mean, and the gradient of all
// rows at once.
import { inverseLength, productAndSquare, INVERSE_SQUARED_NORM } from '../cosines.wgsl.ts';
import { flatMain, header, inner } from '../wgsl.ts';

/** Rows per workgroup when each row has one invocation. */
export const ROWS_OF_ONE = 8;

/**
 * Probabilities and loss of an anchor.
 * @param lanes invocations per anchor: its workgroup, or 1
 */
export function infoNceRowsCode(type: string, lanes: number): string {
  const writes = { probabilities: 'f32', products: 'f32', inverses: 'f32', losses: 'f32' };
  const reads = { x: type, lists: 'i32' };
  const uniforms = 'anchors : u32, columns : u32, width : u32, temperature : f32';
  const reduction = (name: string, combined: string) =>
    lanes === 1
      ? `fn ${name}(value : f32, lane : u32) -> f32 { return value; }`
      : `fn ${name}(value : f32, lane : u32) -> f32 {
    workgroupBarrier();
    values[lane] = value;
    workgroupBarrier();
    for (var half = ${lanes / 2}u; half > 0u; half /= 2u) {
      if (lane < half) { let a = values[lane]; let b = values[lane + half]; values[lane] = ${combined}; }
      workgroupBarrier();
    }
    return values[0];
  }`;
  const rowAndLane =
    lanes === 1
      ? `let row = (group.y * groups.x + group.x) * ${ROWS_OF_ONE}u + local; let lane = 0u;`
      : 'let row = group.y * groups.x + group.x; let lane = local;';
  return `${header(writes, reads, uniforms)}
  ${lanes > 1 ? `var<workgroup> values : array<f32, ${lanes}>;` : ''}
  ${reduction('maximumOfRow', 'max(a, b)')}
  ${reduction('sumOfRow', 'a + b')}
  @compute @workgroup_size(${lanes === 1 ? ROWS_OF_ONE : lanes}) fn main(
    @builtin(workgroup_id) group : vec3<u32>,
    @builtin(num_workgroups) groups : vec3<u32>,
    @builtin(local_invocation_index) local : u32
  ) {
    ${rowAndLane}
    let anchors = uniforms.anchors;
    let columns = uniforms.columns;
    let width = uniforms.width;
    if (row >= anchors) { return; }
    let a = u32(lists[row]) * width;
    var squares = 0.0;
    for (var u = 0u; u < width; u++) { squares += ${inner(type, 'x[a + u]', 'x[a + u]')}; }
    let inverse = ${inverseLength('squares')};
    let scale = inverse / uniforms.temperature;
    let at = row * columns;
    var maximum = -3.0e38;
    var positive = 0.0;
    for (var j = lane; j < columns; j += ${lanes}u) {
      let c = u32(lists[anchors + j]) * width;
      ${productAndSquare(type)}
      let length = ${inverseLength('square')};
      if (row == 0u) { inverses[anchors + j] = length; }
      products[at + j] = product;
      let logit = product * scale * length;
      probabilities[at + j] = logit;
      maximum = max(maximum, logit);
      if (j == row) { positive = logit; }
    }
    maximum = maximumOfRow(maximum, lane);
    var total = 0.0;
    for (var j = lane; j < columns; j += ${lanes}u) {
      let p = exp(probabilities[at + j] - maximum);
      probabilities[at + j] = p;
      total += p;
    }
    total = sumOfRow(total, lane);
    positive = sumOfRow(positive, lane);
    for (var j = lane; j < columns; j += ${lanes}u) { probabilities[at + j] /= total; }
    if (lane > 0u) { return; }
    inverses[row] = inverse;
    losses[row] = log(total) + maximum - positive;
  }`;
}

/** mean[0] = the mean of `values`. */
export function meanCode(): string {
  return `${header({ mean: 'f32' }, { values: 'f32' }, 'count : u32')}
  @compute @workgroup_size(1) fn main() {
    var total = 0.0;
    for (var i = 0u; i < uniforms.count; i++) { total += values[i]; }
    mean[0] = total / f32(uniforms.count);
  }`;
}

/** One element of the gradient per invocation. */
export function infoNceGradientCode(type: string): string {
  const reads = { dy: 'f32', x: type, lists: 'i32', probabilities: 'f32', products: 'f32', inverses: 'f32' };
  const uniforms = 'rows : u32, anchors : u32, columns : u32, width : u32, temperature : f32';
  return `${header({ dx: type }, reads, uniforms)}
  // w_ij without what does not depend on i and j.
  fn weight(i : u32, j : u32) -> f32 {
    let p = probabilities[i * uniforms.columns + j] - select(0.0, 1.0, i == j);
    return p * inverses[i] * inverses[uniforms.anchors + j];
  }
  ${INVERSE_SQUARED_NORM}
  ${flatMain(`
    let width = uniforms.width;
    let anchors = uniforms.anchors;
    let columns = uniforms.columns;
    let row = index / width;
    let at = index % width;
    if (row >= uniforms.rows) { return; }
    let part = lists[anchors + columns + row];
    if (part < 0) { dx[index] = ${type}(); return; }
    let place = u32(part);
    let scale = dy[0] / (f32(anchors) * uniforms.temperature);
    var sum = ${type}();
    var radial = 0.0;
    if (place < anchors) {
      for (var j = 0u; j < columns; j++) {
        let w = weight(place, j);
        sum += w * x[u32(lists[anchors + j]) * width + at];
        radial += w * products[place * columns + j];
      }
    } else {
      let j = place - anchors;
      for (var i = 0u; i < anchors; i++) {
        let w = weight(i, j);
        sum += w * x[u32(lists[i]) * width + at];
        radial += w * products[i * columns + j];
      }
    }
    dx[index] = scale * (sum - x[index] * (radial * inverseSquaredNorm(inverses[place])));
  `)}`;
}
