// Layer normalisation of dropout(x) + residual, and its gradient, row by row.
import { masks, maskBytes } from '../dropout/dropout.as';
import { at, int, real } from '../wasm/args.as';
import { loadSome, storeSome, sum4 } from '../wasm/math.as';
import { sumColumns } from '../columnSum/columnSum.as';

/** Sum of a row of `width` floats in a fixed order. */
function rowSum(row: usize, width: i32): f32 {
  let s0 = f32x4.splat(0),
    s1 = f32x4.splat(0);
  for (; width >= 8; width -= 8) {
    s0 = f32x4.add(s0, v128.load(row));
    s1 = f32x4.add(s1, v128.load(row, 16));
    row += 32;
  }
  s0 = f32x4.add(s0, loadSome(row, width));
  s1 = f32x4.add(s1, loadSome(row + 16, width - 4));
  return sum4(f32x4.add(s0, s1));
}

/** to = dropout(x), or + residual; mask 0: nothing is dropped. Rows of `width` floats; to may be x. */
function keptSum(x: usize, residual: usize, mask: usize, scale: v128, to: usize, width: i32): void {
  for (let i = 0; i < width; i += 4) {
    const rest = width - i;
    const offset = <usize>i * 4;
    let value = rest >= 4 ? v128.load(x + offset) : loadSome(x + offset, rest);
    if (mask != 0) value = v128.and(f32x4.mul(value, scale), v128.load(mask + offset));
    if (residual != 0)
      value = f32x4.add(value, rest >= 4 ? v128.load(residual + offset) : loadSome(residual + offset, rest));
    if (rest >= 4) v128.store(to + offset, value);
    else storeSome(to + offset, value, rest);
  }
}

/** Chunk: some rows, or some entries of a list of rows. @param work maskBytes(width) */
export function addNorm(args: usize, chunk: i32, work: usize): void {
  const width = int(args, 8),
    perChunk = int(args, 14),
    threshold = int(args, 12);
  const scale = f32x4.splat(real(args, 13));
  const x = at(args, 0),
    residual = at(args, 1),
    gamma = at(args, 2),
    bias = at(args, 3),
    epsilon = real(args, 9);
  const list = at(args, 15);
  const to = min(int(args, 7), (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < to; i++) {
    const row = list == 0 ? i : load<i32>(list + ((<usize>i) << 2));
    const offset = <usize>(row * width) * 4;
    const normal = at(args, 5) + offset,
      y = at(args, 4) + offset;
    let mask: usize = 0;
    if (threshold > 0) mask = masks(int(args, 10), int(args, 11), threshold, row * width, width, work);
    keptSum(x + offset, residual == 0 ? 0 : residual + offset, mask, scale, normal, width);
    const mean = f32x4.splat(rowSum(normal, width) / <f32>width);
    let squares = f32x4.splat(0);
    for (let i = 0; i < width; i += 4) {
      const here = normal + <usize>i * 4;
      const rest = width - i;
      if (rest >= 4) {
        const centred = f32x4.sub(v128.load(here), mean);
        v128.store(here, centred);
        squares = f32x4.add(squares, f32x4.mul(centred, centred));
      } else {
        storeSome(here, f32x4.sub(loadSome(here, rest), mean), rest);
        const centred = loadSome(here, rest);
        squares = f32x4.add(squares, f32x4.mul(centred, centred));
      }
    }
    const inverse: f32 = 1 / sqrt<f32>(sum4(squares) / <f32>width + epsilon);
    store<f32>(at(args, 6) + <usize>row * 4, inverse);
    const factor = f32x4.splat(inverse);
    for (let i = 0; i < width; i += 4) {
      const rest = width - i;
      const column = <usize>i * 4;
      if (rest >= 4) {
        const value = f32x4.mul(v128.load(normal + column), factor);
        v128.store(normal + column, value);
        v128.store(y + column, f32x4.add(f32x4.mul(value, v128.load(gamma + column)), v128.load(bias + column)));
      } else {
        const value = f32x4.mul(loadSome(normal + column, rest), factor);
        storeSome(normal + column, value, rest);
        storeSome(
          y + column,
          f32x4.add(f32x4.mul(value, loadSome(gamma + column, rest)), loadSome(bias + column, rest)),
          rest,
        );
      }
    }
  }
}

/**
 * dResidual = (g - mean(g) - xhat mean(g xhat)) / deviation, g = dy gamma; dx is the same under the mask.
 * Chunk: some rows. @param work maskBytes(width)
 */
export function addNormGradient(args: usize, chunk: i32, work: usize): void {
  const width = int(args, 7),
    perChunk = int(args, 12),
    threshold = int(args, 10);
  const scale = f32x4.splat(real(args, 11));
  const gamma = at(args, 3);
  const to = min(int(args, 6), (chunk + 1) * perChunk);
  for (let row = chunk * perChunk; row < to; row++) {
    const offset = <usize>(row * width) * 4;
    const dy = at(args, 0) + offset,
      normal = at(args, 1) + offset,
      dResidual = at(args, 5) + offset;
    // A row that was left out has no deviation, and no gradient.
    if (load<f32>(at(args, 2) + <usize>row * 4) == 0) {
      memory.fill(dResidual, 0, <usize>width * 4);
      memory.fill(at(args, 4) + offset, 0, <usize>width * 4);
      continue;
    }
    let total = f32x4.splat(0),
      along = f32x4.splat(0);
    for (let i = 0; i < width; i += 4) {
      const rest = width - i;
      const column = <usize>i * 4;
      let g: v128, xhat: v128;
      if (rest >= 4) {
        g = f32x4.mul(v128.load(dy + column), v128.load(gamma + column));
        xhat = v128.load(normal + column);
      } else {
        g = f32x4.mul(loadSome(dy + column, rest), loadSome(gamma + column, rest));
        xhat = loadSome(normal + column, rest);
      }
      total = f32x4.add(total, g);
      along = f32x4.add(along, f32x4.mul(g, xhat));
    }
    const meanG = f32x4.splat(sum4(total) / <f32>width),
      meanGx = f32x4.splat(sum4(along) / <f32>width);
    const inverse = v128.load_splat<f32>(at(args, 2) + <usize>row * 4);
    for (let i = 0; i < width; i += 4) {
      const rest = width - i;
      const column = <usize>i * 4;
      if (rest >= 4) {
        const g = f32x4.mul(v128.load(dy + column), v128.load(gamma + column));
        const part = f32x4.sub(f32x4.sub(g, meanG), f32x4.mul(v128.load(normal + column), meanGx));
        v128.store(dResidual + column, f32x4.mul(part, inverse));
      } else {
        const g = f32x4.mul(loadSome(dy + column, rest), loadSome(gamma + column, rest));
        const part = f32x4.sub(f32x4.sub(g, meanG), f32x4.mul(loadSome(normal + column, rest), meanGx));
        storeSome(dResidual + column, f32x4.mul(part, inverse), rest);
      }
    }
    if (threshold > 0) {
      const mask = masks(int(args, 8), int(args, 9), threshold, row * width, width, work);
      keptSum(dResidual, 0, mask, scale, at(args, 4) + offset, width);
    }
  }
}

/** Columns of one chunk. */
const WIDTH: i32 = 16;

/** dGain = column sums of dy xhat, dBias = those of dy. Chunk: 16 columns. */
export function addNormColumns(args: usize, chunk: i32, _work: usize): void {
  const dy = at(args, 0),
    normal = at(args, 1),
    dGain = at(args, 2),
    rows = int(args, 4),
    columns = int(args, 5);
  const first = chunk * WIDTH;
  const last = min(columns, first + WIDTH);
  sumColumns(dy, rows, columns, first, last - first, at(args, 3));
  const step = <usize>columns * 4;
  for (let column = first; column < last; column += 8) {
    const count = last - column;
    let s0 = f32x4.splat(0),
      s1 = f32x4.splat(0);
    let offset = <usize>column * 4;
    for (let r = 0; r < rows; r++) {
      if (count >= 8) {
        s0 = f32x4.add(s0, f32x4.mul(v128.load(dy + offset), v128.load(normal + offset)));
        s1 = f32x4.add(s1, f32x4.mul(v128.load(dy + offset, 16), v128.load(normal + offset, 16)));
      } else {
        s0 = f32x4.add(s0, f32x4.mul(loadSome(dy + offset, count), loadSome(normal + offset, count)));
        s1 = f32x4.add(
          s1,
          f32x4.mul(loadSome(dy + offset + 16, count - 4), loadSome(normal + offset + 16, count - 4)),
        );
      }
      offset += step;
    }
    storeSome(dGain + <usize>column * 4, s0, count);
    storeSome(dGain + <usize>column * 4 + 16, s1, count - 4);
  }
}

/** Bytes that the kernels over rows need to work in. */
export function rowWork(width: i32): usize {
  return maskBytes(width);
}
