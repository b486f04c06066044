// AdamW over pieces of all parameters, and the sum of squares that clipping needs. A table lists the pieces:
// eight slots each (p, g, m, v, count, keep, 0, 0), or for the squares (x, count).
import { at, int, real } from '../wasm/args.as';
import { loadSome, storeSome } from '../wasm/math.as';

/** Chunk: a piece. */
export function adamw(args: usize, chunk: i32, _work: usize): void {
  const piece = at(args, 0) + ((<usize>chunk) << 5);
  let p = at(piece, 0),
    g = at(piece, 1),
    m = at(piece, 2),
    v = at(piece, 3);
  const keep = real(piece, 5);
  const kept = f32x4.splat(keep),
    factor = v128.load_splat<f32>(at(args, 1)),
    beta1 = f32x4.splat(real(args, 2)),
    beta2 = f32x4.splat(real(args, 3)),
    share1 = f32x4.splat(real(args, 4)),
    share2 = f32x4.splat(real(args, 5)),
    rate = f32x4.splat(real(args, 6)),
    epsilon = f32x4.splat(real(args, 7));
  const decayFirst = int(args, 8) != 0;
  for (let count = int(piece, 4); count > 0; count -= 4) {
    const gradient = f32x4.mul(loadSome(g, count), factor);
    const mean = f32x4.add(f32x4.mul(loadSome(m, count), beta1), f32x4.mul(gradient, share1));
    const square = f32x4.add(
      f32x4.mul(loadSome(v, count), beta2),
      f32x4.mul(f32x4.mul(gradient, gradient), share2),
    );
    const update = f32x4.mul(f32x4.div(mean, f32x4.add(f32x4.sqrt(square), epsilon)), rate);
    let parameter = loadSome(p, count);
    if (keep == 1) parameter = f32x4.sub(parameter, update);
    else if (decayFirst) parameter = f32x4.sub(f32x4.mul(parameter, kept), update);
    else parameter = f32x4.mul(f32x4.sub(parameter, update), kept);
    storeSome(m, mean, count);
    storeSome(v, square, count);
    storeSome(p, parameter, count);
    p += 16;
    g += 16;
    m += 16;
    v += 16;
  }
}

/** Chunk: a piece; its sum of squares, a float64, goes to place `chunk` of the second table. */
export function squares(args: usize, chunk: i32, _work: usize): void {
  const piece = at(args, 0) + ((<usize>chunk) << 3);
  let x = at(piece, 0);
  let s0 = f64x2.splat(0),
    s1 = f64x2.splat(0);
  for (let count = int(piece, 1); count > 0; count -= 4) {
    const value = loadSome(x, count);
    const low = f64x2.promote_low_f32x4(value),
      high = f64x2.promote_low_f32x4(v128.shuffle<f32>(value, value, 2, 3, 2, 3));
    s0 = f64x2.add(s0, f64x2.mul(low, low));
    s1 = f64x2.add(s1, f64x2.mul(high, high));
    x += 16;
  }
  const sum = f64x2.add(s0, s1);
  store<f64>(at(args, 1) + ((<usize>chunk) << 3), f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}

/** One chunk: the sums of all pieces, added in their order, as a float32. */
export function total(args: usize, _chunk: i32, _work: usize): void {
  let sum: f64 = 0;
  const count = int(args, 2);
  for (let i = 0; i < count; i++) sum += load<f64>(at(args, 1) + ((<usize>i) << 3));
  store<f32>(at(args, 3), <f32>sum);
}
