// InfoNCE in WGSL: lengths, then one invocation a row of the softmax, their mean, and both gradients at once.
import { flatMain, header } from '../dispatch.webgpu.ts';

const LEAST_SQUARE = 1e-16;
/** Inverse lengths from here on belong to vectors that count as longer than they are. */
const CLAMPED = 0.99e8;

const inner = (type: string, x: string) => (type === 'f32' ? `${x} * ${x}` : `dot(${x}, ${x})`);

/** inverses [rows of a + rows of c] = 1 / length. */
export function inverseLengthsCode(type: string): string {
  const walk = (name: string, row: string) => `for (var u = 0u; u < width; u++) {
        let x = ${name}[${row} * width + u];
        squares += ${inner(type, 'x')};
      }`;
  return `${header({ inverses: 'f32' }, { a: type, c: type }, 'anchors : u32, columns : u32, width : u32')}
  ${flatMain(
    `
    let width = uniforms.width;
    let anchors = uniforms.anchors;
    if (index >= anchors + uniforms.columns) { return; }
    var squares = 0.0;
    if (index < anchors) { ${walk('a', 'index')} } else { ${walk('c', '(index - anchors)')} }
    inverses[index] = inverseSqrt(max(squares, ${LEAST_SQUARE}));
  `,
    8,
  )}`;
}

/** probabilities and the loss of every anchor. */
export function infoNceRowsCode(): string {
  const writes = { probabilities: 'f32', losses: 'f32' };
  const reads = { products: 'f32', inverses: 'f32' };
  return `${header(writes, reads, 'anchors : u32, columns : u32, temperature : f32')}
  ${flatMain(
    `
    let anchors = uniforms.anchors;
    let columns = uniforms.columns;
    if (index >= anchors) { return; }
    let at = index * columns;
    let scale = inverses[index] / uniforms.temperature;
    var top = -3.0e38;
    for (var j = 0u; j < columns; j++) {
      let logit = products[at + j] * scale * inverses[anchors + j];
      probabilities[at + j] = logit;
      top = max(top, logit);
    }
    let own = probabilities[at + index];
    var total = 0.0;
    for (var j = 0u; j < columns; j++) {
      let p = exp(probabilities[at + j] - top);
      probabilities[at + j] = p;
      total += p;
    }
    for (var j = 0u; j < columns; j++) { probabilities[at + j] /= total; }
    losses[index] = log(total) + top - own;
  `,
    8,
  )}`;
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

/** An element of a gradient an invocation: first those of the anchors, then those of the columns. */
export function infoNceGradientCode(type: string): string {
  const reads = {
    dy: 'f32',
    a: type,
    c: type,
    probabilities: 'f32',
    products: 'f32',
    inverses: 'f32',
  };
  const uniforms = 'anchors : u32, columns : u32, width : u32, temperature : f32';
  return `${header({ da: type, dc: type }, reads, uniforms)}
  // w_ij without what does not depend on i and j.
  fn weight(i : u32, j : u32) -> f32 {
    let p = probabilities[i * uniforms.columns + j] - select(0.0, 1.0, i == j);
    return p * inverses[i] * inverses[uniforms.anchors + j];
  }
  // 1 / length^2, or 0 where the length was clamped and does not depend on the vector.
  fn pull(row : u32) -> f32 {
    let inverse = inverses[row];
    return select(inverse * inverse, 0.0, inverse > ${CLAMPED});
  }
  ${flatMain(`
    let width = uniforms.width;
    let anchors = uniforms.anchors;
    let columns = uniforms.columns;
    let row = index / width;
    let at = index % width;
    if (row >= anchors + columns) { return; }
    let scale = dy[0] / (f32(anchors) * uniforms.temperature);
    var sum = ${type}();
    var along = 0.0;
    if (row < anchors) {
      for (var j = 0u; j < columns; j++) {
        let w = weight(row, j);
        sum += w * c[j * width + at];
        along += w * products[row * columns + j];
      }
      da[index] = scale * (sum - a[index] * (along * pull(row)));
    } else {
      let j = row - anchors;
      for (var i = 0u; i < anchors; i++) {
        let w = weight(i, j);
        sum += w * a[i * width + at];
        along += w * products[i * columns + j];
      }
      let place = index - anchors * width;
      dc[place] = scale * (sum - c[place] * (along * pull(row)));
    }
  `)}`;
}
