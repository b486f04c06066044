// Attention and its gradient, one head of one row at a time: scores and probabilities stay in the cache.
import { maskBytes, masks } from '../dropout/dropout.as';
import { AttentionArgs, AttentionGradientArgs } from '../wasm/arguments.as';
import { gemm, GEMM_WORKSPACE } from '../wasm/gemm.as';
import { exp4, sum4 } from '../wasm/math.as';
import { bytes, int32At, loadPartial } from '../wasm/memory.as';
import { packAll, packedBytes } from '../wasm/pack.as';

/** Floats of a row of scores in the workspace: a multiple of 8. */
// @ts-ignore: decorator
@inline
function padded(length: i32): i32 {
  return (length + 7) & ~7;
}

/** Bytes of the largest operand that is packed. */
// @ts-ignore: decorator
@inline
function packedOperandBytes(length: i32, headSize: i32): usize {
  return max(packedBytes(headSize, length), packedBytes(length, headSize));
}

/** Bytes of workspace: a packed operand, two square matrices, the masks of one row of scores. */
export function attentionWorkspace(length: i32, headSize: i32): usize {
  const matrices = bytes(2 * length * padded(length));
  return GEMM_WORKSPACE + packedOperandBytes(length, headSize) + matrices + maskBytes(length) + 64;
}

/** How many keys a row attends to: its tokens, or all places when it has none. */
// @ts-ignore: decorator
@inline
function keyCount(lengths: usize, row: i32, length: i32): i32 {
  const tokens = int32At(lengths, row);
  return tokens > 0 && tokens < length ? tokens : length;
}

/** The first query to compute: the only one wanted, where `places` lists it; else 0. */
// @ts-ignore: decorator
@inline
function firstQuery(places: usize, row: i32): i32 {
  return places != 0 ? int32At(places, row) : 0;
}

/** How many queries to compute. */
// @ts-ignore: decorator
@inline
function queryCount(places: usize, onlyTokens: i32, keys: i32, length: i32): i32 {
  return places != 0 ? 1 : onlyTokens != 0 ? keys : length;
}

/** In place: softmax(scale * scores) over the first `keys` of a row of `width` floats, 0 for the others. */
function softmax(scores: usize, keys: i32, width: i32, scale: f32): void {
  for (let j = keys; j < width; j++) store<f32>(scores + bytes(j), -1e30);
  let max4 = f32x4.splat(-1e30);
  for (let j = 0; j < width; j += 4) max4 = f32x4.max(max4, v128.load(scores + bytes(j)));
  const maximum = f32x4.splat(
    max(
      max(f32x4.extract_lane(max4, 0), f32x4.extract_lane(max4, 1)),
      max(f32x4.extract_lane(max4, 2), f32x4.extract_lane(max4, 3)),
    ),
  );
  const factor = f32x4.splat(scale);
  let total = f32x4.splat(0);
  for (let j = 0; j < width; j += 4) {
    const here = scores + bytes(j);
    const e = exp4(f32x4.mul(f32x4.sub(v128.load(here), maximum), factor));
    v128.store(here, e);
    total = f32x4.add(total, e);
  }
  const inverse = f32x4.splat(1 / sum4(total));
  for (let j = 0; j < width; j += 4) {
    const here = scores + bytes(j);
    v128.store(here, f32x4.mul(v128.load(here), inverse));
  }
}

/** Chunk: one head of one row. @param workspace attentionWorkspace(length, head size) bytes */
export function attention(args: AttentionArgs, chunk: i32, workspace: usize): void {
  const heads = args.heads,
    length = args.length,
    hidden = args.hidden,
    threshold = args.threshold;
  const headSize = hidden / heads,
    width = padded(length),
    row = chunk / heads;
  const stride = bytes(hidden),
    scoresStride = bytes(width);
  const offset = bytes(row * length * hidden + (chunk % heads) * headSize);
  const keys = keyCount(args.lengths, row, length);
  const from = firstQuery(args.places, row);
  const queries = queryCount(args.places, args.onlyTokens, keys, length);
  const q = args.q + offset + <usize>from * stride,
    context = args.context + offset;
  const packed = workspace + GEMM_WORKSPACE;
  const scores = packed + packedOperandBytes(length, headSize);
  const maskRow = scores + <usize>(2 * length) * scoresStride;
  packAll(args.k + offset, stride, true, headSize, keys, packed);
  gemm(q, stride, false, packed, 0, scores, scoresStride, 0, queries, keys, headSize, workspace);
  let probabilities = args.probabilities + bytes(chunk * length * length);
  memory.fill(probabilities, 0, bytes(from * length));
  probabilities += bytes(from * length);
  const dropoutScale = f32x4.splat(args.dropoutScale);
  for (let i = 0; i < queries; i++) {
    const scoresRow = scores + <usize>i * scoresStride;
    softmax(scoresRow, keys, width, args.scale);
    memory.copy(probabilities, scoresRow, bytes(length));
    probabilities += bytes(length);
    if (threshold == 0) continue;
    const first = (chunk * length + from + i) * length;
    const mask = masks(args.key0, args.key1, threshold, first, length, maskRow);
    for (let j: usize = 0; j < scoresStride; j += 16)
      v128.store(scoresRow + j, v128.and(f32x4.mul(v128.load(scoresRow + j), dropoutScale), v128.load(mask + j)));
  }
  packAll(args.v + offset, stride, false, keys, headSize, packed);
  gemm(scores, scoresStride, false, packed, 0, context + <usize>from * stride, stride, 0, queries, headSize, keys, workspace);
  memory.fill(probabilities, 0, bytes((length - from - queries) * length));
  zeroRows(context, stride, headSize, 0, from);
  zeroRows(context, stride, headSize, from + queries, length);
}

/** Sets rows `from` to `to` of one head's columns to 0. */
function zeroRows(x: usize, stride: usize, headSize: i32, from: i32, to: i32): void {
  for (let i = from; i < to; i++) memory.fill(x + <usize>i * stride, 0, bytes(headSize));
}

/**
 * With P the probabilities and D = dropout(P):
 * dV = D^T dy;  dP = dropout(dy V^T);  dS = P (dP - sum(dP P)) scale;  dQ = dS K;  dK = dS^T Q.
 * Chunk: one head of one row. @param workspace attentionWorkspace(length, head size) bytes
 */
export function attentionGradient(args: AttentionGradientArgs, chunk: i32, workspace: usize): void {
  const heads = args.heads,
    length = args.length,
    hidden = args.hidden;
  const headSize = hidden / heads,
    row = chunk / heads;
  const stride = bytes(hidden),
    scoresStride = bytes(padded(length));
  const offset = bytes(row * length * hidden + (chunk % heads) * headSize);
  const keys = keyCount(args.lengths, row, length);
  const from = firstQuery(args.places, row);
  const queries = queryCount(args.places, args.onlyTokens, keys, length);
  const queryOffset = offset + <usize>from * stride;
  const dy = args.dy + queryOffset,
    q = args.q + queryOffset,
    dq = args.dq + offset,
    dk = args.dk + offset,
    dv = args.dv + offset;
  const packed = workspace + GEMM_WORKSPACE;
  const dScores = packed + packedOperandBytes(length, headSize);
  const dropped = dScores + <usize>length * scoresStride;
  const maskRow = dropped + <usize>length * scoresStride;
  packAll(args.v + offset, stride, true, headSize, keys, packed);
  gemm(dy, stride, false, packed, 0, dScores, scoresStride, 0, queries, keys, headSize, workspace);
  for (let i = 0; i < queries; i++) {
    const first = (chunk * length + from + i) * length;
    const rowOffset = <usize>i * scoresStride;
    softmaxGradient(args, first, keys, dScores + rowOffset, dropped + rowOffset, maskRow);
  }
  packAll(dy, stride, false, queries, headSize, packed);
  gemm(dropped, scoresStride, true, packed, 0, dv, stride, 0, keys, headSize, queries, workspace);
  packAll(args.k + offset, stride, false, keys, headSize, packed);
  gemm(dScores, scoresStride, false, packed, 0, args.dq + queryOffset, stride, 0, queries, headSize, keys, workspace);
  packAll(q, stride, false, queries, headSize, packed);
  gemm(dScores, scoresStride, true, packed, 0, dk, stride, 0, keys, headSize, queries, workspace);
  zeroRows(dq, stride, headSize, 0, from);
  zeroRows(dq, stride, headSize, from + queries, length);
  zeroRows(dk, stride, headSize, keys, length);
  zeroRows(dv, stride, headSize, keys, length);
}

/**
 * One query's row: from dy V^T in `dScores` to dS, in place; writes D to `dropped`.
 * @param first number of the row's first probability
 */
// @ts-ignore: decorator
@inline
function softmaxGradient(
  args: AttentionGradientArgs,
  first: i32,
  keys: i32,
  dScores: usize,
  dropped: usize,
  maskRow: usize,
): void {
  const probabilities = args.probabilities + bytes(first);
  const dropoutScale = f32x4.splat(args.dropoutScale),
    scale = f32x4.splat(args.scale);
  let mask: usize = 0;
  if (args.threshold > 0) mask = masks(args.key0, args.key1, args.threshold, first, args.length, maskRow);
  let dot = f32x4.splat(0);
  for (let j = 0; j < keys; j += 4) {
    const column = bytes(j);
    const p = loadPartial(probabilities + column, keys - j);
    let dp = loadPartial(dScores + column, keys - j);
    let d = p;
    if (mask != 0) {
      const m = v128.load(mask + column);
      dp = v128.and(f32x4.mul(dp, dropoutScale), m);
      d = v128.and(f32x4.mul(p, dropoutScale), m);
    }
    v128.store(dScores + column, dp);
    v128.store(dropped + column, d);
    dot = f32x4.add(dot, f32x4.mul(dp, p));
  }
  const sum = f32x4.splat(sum4(dot));
  for (let j = 0; j < keys; j += 4) {
    const column = bytes(j);
    const p = loadPartial(probabilities + column, keys - j);
    v128.store(dScores + column, f32x4.mul(f32x4.mul(p, f32x4.sub(v128.load(dScores + column), sum)), scale));
  }
}
