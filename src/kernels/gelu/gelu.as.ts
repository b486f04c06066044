// GELU and its gradient over a run of floats.
import { at, int } from '../wasm/args.as';
import { cumulative4, exp4, loadSome, storeSome } from '../wasm/math.as';

export function gelu(z: usize, y: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    const x = v128.load(z);
    v128.store(y, f32x4.mul(x, cumulative4(x)));
    z += 16;
    y += 16;
  }
  if (count > 0) {
    const x = loadSome(z, count);
    storeSome(y, f32x4.mul(x, cumulative4(x)), count);
  }
}

/** dy (Phi(z) + z phi(z)) */
function gradient4(dy: v128, z: v128): v128 {
  const density = f32x4.mul(
    exp4(f32x4.mul(f32x4.mul(z, z), f32x4.splat(-0.5))),
    f32x4.splat(0.39894228040143267794),
  );
  return f32x4.mul(dy, f32x4.add(cumulative4(z), f32x4.mul(z, density)));
}

/** Chunk: so many elements. */
export function geluGradient(args: usize, chunk: i32, _work: usize): void {
  const perChunk = int(args, 4);
  const first = chunk * perChunk;
  const offset = <usize>first * 4;
  let dy = at(args, 0) + offset,
    z = at(args, 1) + offset,
    dz = at(args, 2) + offset;
  let count = min(perChunk, int(args, 3) - first);
  for (; count >= 4; count -= 4) {
    const slope = v128.load(dy);
    // Padding has no gradient, and lies in long runs.
    v128.store(dz, v128.any_true(slope) ? gradient4(slope, v128.load(z)) : slope);
    dy += 16;
    z += 16;
    dz += 16;
  }
  if (count > 0) storeSome(dz, gradient4(loadSome(dy, count), loadSome(z, count)), count);
}
