// Layer normalisation of dropout(x) + residual, and its gradient, row by row.
import { sumColumns } from '../columnSum/columnSum.as';
import { maskBytes, masks } from '../dropout/dropout.as';
import { AddNormArgs, AddNormColumnsArgs, AddNormGradientArgs } from '../wasm/arguments.as';
import { sum4 } from '../wasm/math.as';
import { bytes, loadPartial, rowAt, storePartial } from '../wasm/memory.as';

/** Sum of a row of `width` floats in a fixed order. */
function rowSum(row: usize, width: i32): f32 {
  let s0 = f32x4.splat(0),
    s1 = f32x4.splat(0);
  for (; width >= 8; width -= 8) {
    s0 = f32x4.add(s0, v128.load(row));
    s1 = f32x4.add(s1, v128.load(row, 16));
    row += 32;
  }
  s0 = f32x4.add(s0, loadPartial(row, width));
  s1 = f32x4.add(s1, loadPartial(row + 16, width - 4));
  return sum4(f32x4.add(s0, s1));
}

/**
 * y = dropout(x) + residual, for one row. y may be x.
 * @param residual 0 for none; @param mask 0 for no dropout
 */
function dropoutAdd(x: usize, residual: usize, mask: usize, dropoutScale: v128, y: usize, width: i32): void {
  for (let i = 0; i < width; i += 4) {
    const rest = width - i;
    const column = bytes(i);
    let value = rest >= 4 ? v128.load(x + column) : loadPartial(x + column, rest);
    if (mask != 0) value = v128.and(f32x4.mul(value, dropoutScale), v128.load(mask + column));
    if (residual != 0)
      value = f32x4.add(value, rest >= 4 ? v128.load(residual + column) : loadPartial(residual + column, rest));
    if (rest >= 4) v128.store(y + column, value);
    else storePartial(y + column, value, rest);
  }
}

/** Bytes of workspace that the kernels over rows need. */
export function addNormWorkspace(width: i32): usize {
  return maskBytes(width);
}

/** Chunk: some rows. @param workspace addNormWorkspace(width) bytes */
export function addNorm(args: AddNormArgs, chunk: i32, workspace: usize): void {
  const width = args.width,
    threshold = args.threshold,
    residual = args.residual,
    gamma = args.gamma,
    bias = args.bias;
  const dropoutScale = f32x4.splat(args.dropoutScale);
  const to = min(args.rowCount, (chunk + 1) * args.rowsPerChunk);
  for (let i = chunk * args.rowsPerChunk; i < to; i++) {
    const row = rowAt(args.rows, i);
    const first = row * width;
    const offset = bytes(first);
    const xhat = args.xhat + offset,
      y = args.y + offset;
    let mask: usize = 0;
    if (threshold > 0) mask = masks(args.key0, args.key1, threshold, first, width, workspace);
    dropoutAdd(args.x + offset, residual == 0 ? 0 : residual + offset, mask, dropoutScale, xhat, width);
    const rstd = center(xhat, width, args.epsilon);
    store<f32>(args.rstd + bytes(row), rstd);
    const factor = f32x4.splat(rstd);
    for (let i = 0; i < width; i += 4) {
      const rest = width - i;
      const column = bytes(i);
      if (rest >= 4) {
        const value = f32x4.mul(v128.load(xhat + column), factor);
        v128.store(xhat + column, value);
        v128.store(y + column, f32x4.add(f32x4.mul(value, v128.load(gamma + column)), v128.load(bias + column)));
      } else {
        const value = f32x4.mul(loadPartial(xhat + column, rest), factor);
        storePartial(xhat + column, value, rest);
        storePartial(
          y + column,
          f32x4.add(f32x4.mul(value, loadPartial(gamma + column, rest)), loadPartial(bias + column, rest)),
          rest,
        );
      }
    }
  }
}

/** In place: x - mean(x), for one row. Returns 1 / sqrt(variance + epsilon). */
// @ts-ignore: decorator
@inline
function center(x: usize, width: i32, epsilon: f32): f32 {
  const mean = f32x4.splat(rowSum(x, width) / <f32>width);
  let squares = f32x4.splat(0);
  for (let i = 0; i < width; i += 4) {
    const here = x + bytes(i);
    const rest = width - i;
    if (rest >= 4) {
      const centered = f32x4.sub(v128.load(here), mean);
      v128.store(here, centered);
      squares = f32x4.add(squares, f32x4.mul(centered, centered));
    } else {
      storePartial(here, f32x4.sub(loadPartial(here, rest), mean), rest);
      const centered = loadPartial(here, rest);
      squares = f32x4.add(squares, f32x4.mul(centered, centered));
    }
  }
  return 1 / sqrt<f32>(sum4(squares) / <f32>width + epsilon);
}

/**
 * dResidual = (g - mean(g) - xhat mean(g xhat)) rstd with g = dy gamma;  dx = dResidual under the mask of dropout.
 * Chunk: some rows. @param workspace addNormWorkspace(width) bytes
 */
export function addNormGradient(args: AddNormGradientArgs, chunk: i32, workspace: usize): void {
  const width = args.width,
    threshold = args.threshold,
    gamma = args.gamma;
  const dropoutScale = f32x4.splat(args.dropoutScale);
  const to = min(args.rowCount, (chunk + 1) * args.rowsPerChunk);
  for (let row = chunk * args.rowsPerChunk; row < to; row++) {
    const first = row * width;
    const offset = bytes(first);
    const dy = args.dy + offset,
      xhat = args.xhat + offset,
      dResidual = args.dResidual + offset;
    const rstd = args.rstd + bytes(row);
    // A row that addNorm left out has rstd 0, and no gradient.
    if (load<f32>(rstd) == 0) {
      memory.fill(dResidual, 0, bytes(width));
      memory.fill(args.dx + offset, 0, bytes(width));
      continue;
    }
    normGradient(dy, xhat, gamma, rstd, dResidual, width);
    if (threshold > 0) {
      const mask = masks(args.key0, args.key1, threshold, first, width, workspace);
      dropoutAdd(dResidual, 0, mask, dropoutScale, args.dx + offset, width);
    }
  }
}

/** The gradient of one row with respect to what is normalised. */
// @ts-ignore: decorator
@inline
function normGradient(dy: usize, xhat: usize, gamma: usize, rstd: usize, dx: usize, width: i32): void {
  let sumG = f32x4.splat(0),
    sumGx = f32x4.splat(0);
  for (let i = 0; i < width; i += 4) {
    const rest = width - i;
    const column = bytes(i);
    let g: v128, x: v128;
    if (rest >= 4) {
      g = f32x4.mul(v128.load(dy + column), v128.load(gamma + column));
      x = v128.load(xhat + column);
    } else {
      g = f32x4.mul(loadPartial(dy + column, rest), loadPartial(gamma + column, rest));
      x = loadPartial(xhat + column, rest);
    }
    sumG = f32x4.add(sumG, g);
    sumGx = f32x4.add(sumGx, f32x4.mul(g, x));
  }
  const meanG = f32x4.splat(sum4(sumG) / <f32>width),
    meanGx = f32x4.splat(sum4(sumGx) / <f32>width);
  const factor = v128.load_splat<f32>(rstd);
  for (let i = 0; i < width; i += 4) {
    const rest = width - i;
    const column = bytes(i);
    if (rest >= 4) {
      const g = f32x4.mul(v128.load(dy + column), v128.load(gamma + column));
      const centered = f32x4.sub(f32x4.sub(g, meanG), f32x4.mul(v128.load(xhat + column), meanGx));
      v128.store(dx + column, f32x4.mul(centered, factor));
    } else {
      const g = f32x4.mul(loadPartial(dy + column, rest), loadPartial(gamma + column, rest));
      const centered = f32x4.sub(f32x4.sub(g, meanG), f32x4.mul(loadPartial(xhat + column, rest), meanGx));
      storePartial(dx + column, f32x4.mul(centered, factor), rest);
    }
  }
}

/** dGamma = column sums of dy xhat, dBias = column sums of dy. Chunk: some columns. */
export function addNormColumns(args: AddNormColumnsArgs, chunk: i32, _workspace: usize): void {
  const dy = args.dy,
    xhat = args.xhat,
    rowCount = args.rowCount,
    width = args.width;
  const first = chunk * args.columnsPerChunk;
  const last = min(width, first + args.columnsPerChunk);
  sumColumns(dy, rowCount, width, first, last - first, args.dBias);
  const stride = bytes(width);
  for (let column = first; column < last; column += 8) {
    const count = last - column;
    let s0 = f32x4.splat(0),
      s1 = f32x4.splat(0);
    let offset = bytes(column);
    for (let r = 0; r < rowCount; r++) {
      if (count >= 8) {
        s0 = f32x4.add(s0, f32x4.mul(v128.load(dy + offset), v128.load(xhat + offset)));
        s1 = f32x4.add(s1, f32x4.mul(v128.load(dy + offset, 16), v128.load(xhat + offset, 16)));
      } else {
        s0 = f32x4.add(s0, f32x4.mul(loadPartial(dy + offset, count), loadPartial(xhat + offset, count)));
        s1 = f32x4.add(
          s1,
          f32x4.mul(loadPartial(dy + offset + 16, count - 4), loadPartial(xhat + offset + 16, count - 4)),
        );
      }
      offset += stride;
    }
    storePartial(args.dGamma + bytes(column), s0, count);
    storePartial(args.dGamma + bytes(column) + 16, s1, count - 4);
  }
}
