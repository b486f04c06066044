// The hierarchical triplet loss in WGSL: all groups in one workgroup, then the gradient of all rows at once.
import { inverseLength, productAndSquare, INVERSE_SQUARED_NORM } from '../cosines.wgsl.ts';
import { flatMain, header } from '../wgsl.ts';

/**
 * Each invocation computes one group at a time.
 * @param lanes invocations of the workgroup
 */
export function tripletCode(type: string, lanes: number): string {
  const writes = { loss: 'f32', cosines: 'f32', inverses: 'f32' };
  const shared = `
    sums[local] = sum;
    workgroupBarrier();
    for (var half = ${lanes / 2}u; half > 0u; half /= 2u) {
      if (local < half) { sums[local] += sums[local + half]; }
      workgroupBarrier();
    }
    if (local == 0u) { loss[0] = sums[0] / terms; }`;
  return `${header(writes, { x: type, margins: 'f32' }, 'first : u32, groups : u32, sentences : u32, width : u32')}
  ${lanes > 1 ? `var<workgroup> sums : array<f32, ${lanes}>;` : ''}
  @compute @workgroup_size(${lanes}) fn main(@builtin(local_invocation_index) local : u32) {
    let sentences = uniforms.sentences;
    let width = uniforms.width;
    var sum = 0.0;
    for (var b = local; b < uniforms.groups; b += ${lanes}u) {
      let a = (uniforms.first + b * sentences) * width;
      var before = 0.0;
      for (var k = 0u; k < sentences; k++) {
        let c = a + k * width;
        ${productAndSquare(type)}
        let inverse = ${inverseLength('square')};
        inverses[b * sentences + k] = inverse;
        if (k == 0u) { continue; }
        let cosine = product * inverses[b * sentences] * inverse;
        cosines[b * (sentences - 1u) + k - 1u] = cosine;
        if (k > 1u) { sum += max(0.0, cosine - before + margins[k - 2u]); }
        before = cosine;
      }
    }
    let terms = f32(uniforms.groups * (sentences - 2u));
    ${lanes > 1 ? shared : 'loss[0] = sum / terms;'}
  }`;
}

/** One element of the gradient per invocation. */
export function tripletGradientCode(type: string): string {
  const reads = { dy: 'f32', x: type, margins: 'f32', cosines: 'f32', inverses: 'f32' };
  const uniforms = 'first : u32, groups : u32, sentences : u32, width : u32, rows : u32';
  return `${header({ dx: type }, reads, uniforms)}
  // 1 where the hinge between levels p and p + 1 of a group is active.
  fn hingeActive(b : u32, p : u32) -> f32 {
    let at = b * (uniforms.sentences - 1u) + p;
    return select(0.0, 1.0, cosines[at + 1u] - cosines[at] + margins[p] > 0.0);
  }
  // The gradient of the loss with respect to a cosine, without the factors common to all.
  fn cosineGradient(b : u32, p : u32) -> f32 {
    var t = 0.0;
    if (p > 0u) { t += hingeActive(b, p - 1u); }
    if (p + 2u < uniforms.sentences) { t -= hingeActive(b, p); }
    return t;
  }
  ${INVERSE_SQUARED_NORM}
  ${flatMain(`
    let width = uniforms.width;
    let sentences = uniforms.sentences;
    let row = index / width;
    if (row >= uniforms.rows) { return; }
    if (row < uniforms.first || row >= uniforms.first + uniforms.groups * sentences) {
      dx[index] = ${type}();
      return;
    }
    let b = (row - uniforms.first) / sentences;
    let k = (row - uniforms.first) % sentences;
    let inverse = inverses[b * sentences];
    var sum = ${type}();
    if (k == 0u) {
      for (var p = 0u; p < sentences - 1u; p++) {
        let other = x[index + (p + 1u) * width] * (inverse * inverses[b * sentences + p + 1u]);
        sum += cosineGradient(b, p) * (other - x[index] * (cosines[b * (sentences - 1u) + p] * inverseSquaredNorm(inverse)));
      }
    } else {
      let inverseNorm = inverses[b * sentences + k];
      let anchor = x[index - k * width] * (inverse * inverseNorm);
      sum = cosineGradient(b, k - 1u) * (anchor - x[index] * (cosines[b * (sentences - 1u) + k - 1u] * inverseSquaredNorm(inverseNorm)));
    }
    dx[index] = sum * (dy[0] / f32(uniforms.groups * (sentences - 2u)));
  `)}`;
}
