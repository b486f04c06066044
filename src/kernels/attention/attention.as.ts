// Attention and its gradient, one head of one row at a time: scores and probabilities stay in the cache.
import { masks, maskBytes } from '../dropout/dropout.as';
import { at, int, real } from '../wasm/args.as';
import { gemm, packAll, packedBytes, WORK_BYTES } from '../wasm/gemm.as';
import { exp4, loadSome, sum4 } from '../wasm/math.as';

/** Width of a row of scores as it lies in the work area. */
// @ts-ignore: decorator
@inline
function padded(length: i32): i32 {
  return (length + 7) & ~7;
}

/** What one thread needs to work in: packed operand, two square matrices, the masks of a row. */
export function attentionWork(length: i32, size: i32): usize {
  const packed = max(packedBytes(size, length), packedBytes(length, size));
  return WORK_BYTES + packed + <usize>(2 * length * padded(length)) * 4 + maskBytes(length) + 64;
}

/** Keys that a row attends to: its tokens, or all places when it has none. */
// @ts-ignore: decorator
@inline
function attended(lengths: usize, row: i32, length: i32): i32 {
  const tokens = load<i32>(lengths + ((<usize>row) << 2));
  return tokens > 0 && tokens < length ? tokens : length;
}

/** The first query to compute: the one wanted, where `places` says which; else the first of all. */
// @ts-ignore: decorator
@inline
function firstQuery(places: usize, row: i32): i32 {
  return places != 0 ? load<i32>(places + ((<usize>row) << 2)) : 0;
}

/** In place: softmax(scale * scores) over the first `keys` places of a row, 0 at the rest. */
function softmax(scores: usize, keys: i32, width: i32, scale: f32): void {
  for (let j = keys; j < width; j++) store<f32>(scores + ((<usize>j) << 2), -1e30);
  let most = f32x4.splat(-1e30);
  for (let j = 0; j < width; j += 4) most = f32x4.max(most, v128.load(scores + ((<usize>j) << 2)));
  const highest = f32x4.splat(
    max(
      max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
      max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
    ),
  );
  const by = f32x4.splat(scale);
  let total = f32x4.splat(0);
  for (let j = 0; j < width; j += 4) {
    const here = scores + ((<usize>j) << 2);
    const e = exp4(f32x4.mul(f32x4.sub(v128.load(here), highest), by));
    v128.store(here, e);
    total = f32x4.add(total, e);
  }
  const inverse = f32x4.splat(1 / sum4(total));
  for (let j = 0; j < width; j += 4) {
    const here = scores + ((<usize>j) << 2);
    v128.store(here, f32x4.mul(v128.load(here), inverse));
  }
}

/** Chunk: a row and a head. */
export function attention(args: usize, chunk: i32, work: usize): void {
  const heads = int(args, 6),
    length = int(args, 7),
    hidden = int(args, 8),
    threshold = int(args, 11);
  const size = hidden / heads,
    width = padded(length),
    row = chunk / heads;
  const step = <usize>hidden * 4,
    line = <usize>width * 4;
  const offset = <usize>(row * length * hidden + (chunk % heads) * size) * 4;
  const keys = attended(at(args, 3), row, length);
  const places = at(args, 15),
    from = firstQuery(places, row);
  const queries = places != 0 ? 1 : int(args, 14) != 0 ? keys : length;
  const q = at(args, 0) + offset + <usize>from * step,
    context = at(args, 4) + offset;
  const packed = work + WORK_BYTES;
  const scores = packed + max(packedBytes(size, length), packedBytes(length, size));
  const maskRow = scores + <usize>(2 * length) * line;
  packAll(at(args, 1) + offset, step, true, size, keys, packed);
  gemm(q, step, false, packed, 0, scores, line, 0, queries, keys, size, work);
  let probabilities = at(args, 5) + <usize>(chunk * length * length) * 4;
  memory.fill(probabilities, 0, <usize>(from * length) * 4);
  probabilities += <usize>(from * length) * 4;
  const dropScale = f32x4.splat(real(args, 12));
  for (let i = 0; i < queries; i++) {
    const here = scores + <usize>i * line;
    softmax(here, keys, width, real(args, 13));
    memory.copy(probabilities, here, <usize>length * 4);
    probabilities += <usize>length * 4;
    if (threshold == 0) continue;
    const first = (chunk * length + from + i) * length;
    const mask = masks(int(args, 9), int(args, 10), threshold, first, length, maskRow);
    for (let j: usize = 0; j < line; j += 16)
      v128.store(here + j, v128.and(f32x4.mul(v128.load(here + j), dropScale), v128.load(mask + j)));
  }
  packAll(at(args, 2) + offset, step, false, keys, size, packed);
  gemm(scores, line, false, packed, 0, context + <usize>from * step, step, 0, queries, size, keys, work);
  memory.fill(probabilities, 0, <usize>((length - from - queries) * length) * 4);
  zeroRows(context, step, size, 0, from);
  zeroRows(context, step, size, from + queries, length);
}

/** Rows `from` to `to` of a head's part of a matrix. */
function zeroRows(x: usize, step: usize, size: i32, from: i32, to: i32): void {
  for (let i = from; i < to; i++) memory.fill(x + <usize>i * step, 0, <usize>size * 4);
}

/**
 * dV = kept^T dy;  dP = mask (dy V^T);  dS = P (dP - sum(dP P)) scale;  dQ = dS K;  dK = dS^T Q.
 * Chunk: a row and a head.
 */
export function attentionGradient(args: usize, chunk: i32, work: usize): void {
  const heads = int(args, 9),
    length = int(args, 10),
    hidden = int(args, 11),
    threshold = int(args, 14);
  const size = hidden / heads,
    width = padded(length),
    row = chunk / heads;
  const step = <usize>hidden * 4,
    line = <usize>width * 4;
  const offset = <usize>(row * length * hidden + (chunk % heads) * size) * 4;
  const keys = attended(at(args, 5), row, length);
  const places = at(args, 18),
    from = firstQuery(places, row);
  const asked = offset + <usize>from * step;
  const dy = at(args, 0) + asked,
    q = at(args, 1) + asked,
    dq = at(args, 6) + asked,
    dk = at(args, 7) + offset,
    dv = at(args, 8) + offset;
  const queries = places != 0 ? 1 : int(args, 17) != 0 ? keys : length;
  const packed = work + WORK_BYTES;
  const scores = packed + max(packedBytes(size, length), packedBytes(length, size));
  const kept = scores + <usize>length * line;
  const maskRow = kept + <usize>length * line;
  packAll(at(args, 3) + offset, step, true, size, keys, packed);
  gemm(dy, step, false, packed, 0, scores, line, 0, queries, keys, size, work);

  const dropScale = f32x4.splat(real(args, 15)),
    scale = f32x4.splat(real(args, 16));
  let probabilities = at(args, 4) + <usize>((chunk * length + from) * length) * 4;
  for (let i = 0; i < queries; i++) {
    const here = scores + <usize>i * line,
      keptRow = kept + <usize>i * line;
    let mask: usize = 0;
    if (threshold > 0) {
      const first = (chunk * length + from + i) * length;
      mask = masks(int(args, 12), int(args, 13), threshold, first, length, maskRow);
    }
    let along = f32x4.splat(0);
    for (let j = 0; j < keys; j += 4) {
      const column = <usize>j * 4;
      const p = loadSome(probabilities + column, keys - j);
      let d = loadSome(here + column, keys - j);
      let k = p;
      if (mask != 0) {
        const m = v128.load(mask + column);
        d = v128.and(f32x4.mul(d, dropScale), m);
        k = v128.and(f32x4.mul(p, dropScale), m);
      }
      v128.store(here + column, d);
      v128.store(keptRow + column, k);
      along = f32x4.add(along, f32x4.mul(d, p));
    }
    const sum = f32x4.splat(sum4(along));
    for (let j = 0; j < keys; j += 4) {
      const column = <usize>j * 4;
      const p = loadSome(probabilities + column, keys - j);
      v128.store(here + column, f32x4.mul(f32x4.mul(p, f32x4.sub(v128.load(here + column), sum)), scale));
    }
    probabilities += <usize>length * 4;
  }

  packAll(dy, step, false, queries, size, packed);
  gemm(kept, line, true, packed, 0, dv, step, 0, keys, size, queries, work);
  packAll(at(args, 2) + offset, step, false, keys, size, packed);
  gemm(scores, line, false, packed, 0, dq, step, 0, queries, size, keys, work);
  packAll(q, step, false, queries, size, packed);
  gemm(scores, line, true, packed, 0, dk, step, 0, keys, size, queries, work);
  zeroRows(at(args, 6) + offset, step, size, 0, from);
  zeroRows(at(args, 6) + offset, step, size, from + queries, length);
  zeroRows(dk, step, size, keys, length);
  zeroRows(dv, step, size, keys, length);
}
