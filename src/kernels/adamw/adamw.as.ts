// AdamW over pieces of all parameters, and the sum of squares that clipping needs.
import { AdamWArgs, AdamWPiece, AddSumsArgs, SumPiece, SumSquaresArgs } from '../wasm/arguments.as';
import { loadPartial, storePartial } from '../wasm/memory.as';

/** Chunk: a piece. */
export function adamW(args: AdamWArgs, chunk: i32, _workspace: usize): void {
  const piece = changetype<AdamWPiece>(args.pieces + <usize>chunk * offsetof<AdamWPiece>());
  let p = piece.p,
    g = piece.g,
    m = piece.m,
    v = piece.v;
  const decayFactor = piece.decayFactor;
  const decayFactors = f32x4.splat(decayFactor),
    factor = v128.load_splat<f32>(args.factor),
    beta1 = f32x4.splat(args.beta1),
    beta2 = f32x4.splat(args.beta2),
    oneMinusBeta1 = f32x4.splat(args.oneMinusBeta1),
    oneMinusBeta2 = f32x4.splat(args.oneMinusBeta2),
    rate = f32x4.splat(args.rate),
    epsilon = f32x4.splat(args.epsilon);
  const decayFirst = args.decayFirst != 0;
  for (let count = piece.count; count > 0; count -= 4) {
    const gradient = f32x4.mul(loadPartial(g, count), factor);
    const mean = f32x4.add(f32x4.mul(loadPartial(m, count), beta1), f32x4.mul(gradient, oneMinusBeta1));
    const square = f32x4.add(
      f32x4.mul(loadPartial(v, count), beta2),
      f32x4.mul(f32x4.mul(gradient, gradient), oneMinusBeta2),
    );
    const update = f32x4.mul(f32x4.div(mean, f32x4.add(f32x4.sqrt(square), epsilon)), rate);
    let parameter = loadPartial(p, count);
    if (decayFactor == 1) parameter = f32x4.sub(parameter, update);
    else if (decayFirst) parameter = f32x4.sub(f32x4.mul(parameter, decayFactors), update);
    else parameter = f32x4.mul(f32x4.sub(parameter, update), decayFactors);
    storePartial(m, mean, count);
    storePartial(v, square, count);
    storePartial(p, parameter, count);
    p += 16;
    g += 16;
    m += 16;
    v += 16;
  }
}

/** Chunk: a piece. */
export function sumSquares(args: SumSquaresArgs, chunk: i32, _workspace: usize): void {
  const piece = changetype<SumPiece>(args.pieces + <usize>chunk * offsetof<SumPiece>());
  let x = piece.x;
  let s0 = f64x2.splat(0),
    s1 = f64x2.splat(0);
  for (let count = piece.count; count > 0; count -= 4) {
    const value = loadPartial(x, count);
    const low = f64x2.promote_low_f32x4(value),
      high = f64x2.promote_low_f32x4(v128.shuffle<f32>(value, value, 2, 3, 2, 3));
    s0 = f64x2.add(s0, f64x2.mul(low, low));
    s1 = f64x2.add(s1, f64x2.mul(high, high));
    x += 16;
  }
  const sum = f64x2.add(s0, s1);
  store<f64>(args.sums + ((<usize>chunk) << 3), f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}

/** One chunk: the sums of all pieces, added in their order, as a float32. */
export function addSums(args: AddSumsArgs, _chunk: i32, _workspace: usize): void {
  let total: f64 = 0;
  for (let i = 0; i < args.count; i++) total += load<f64>(args.sums + ((<usize>i) << 3));
  store<f32>(args.total, <f32>total);
}
