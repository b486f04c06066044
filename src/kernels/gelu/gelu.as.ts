// GELU and its gradient, element by element.
import { GeluGradientArgs } from '../wasm/arguments.as';
import { exp4, normalCdf4 } from '../wasm/math.as';
import { bytes, loadPartial, storePartial } from '../wasm/memory.as';

export function gelu(z: usize, y: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    const x = v128.load(z);
    v128.store(y, f32x4.mul(x, normalCdf4(x)));
    z += 16;
    y += 16;
  }
  if (count > 0) {
    const x = loadPartial(z, count);
    storePartial(y, f32x4.mul(x, normalCdf4(x)), count);
  }
}

/** dy (Phi(z) + z phi(z)) */
function gradient4(dy: v128, z: v128): v128 {
  const density = f32x4.mul(
    exp4(f32x4.mul(f32x4.mul(z, z), f32x4.splat(-0.5))),
    f32x4.splat(0.39894228040143267794),
  );
  return f32x4.mul(dy, f32x4.add(normalCdf4(z), f32x4.mul(z, density)));
}

/** Chunk: some elements. */
export function geluGradient(args: GeluGradientArgs, chunk: i32, _workspace: usize): void {
  const first = chunk * args.perChunk;
  const offset = bytes(first);
  let dy = args.dy + offset,
    z = args.z + offset,
    dz = args.dz + offset;
  let count = min(args.perChunk, args.size - first);
  for (; count >= 4; count -= 4) {
    const gradient = v128.load(dy);
    // The gradient of padding is 0, in long stretches.
    v128.store(dz, v128.any_true(gradient) ? gradient4(gradient, v128.load(z)) : gradient);
    dy += 16;
    z += 16;
    dz += 16;
  }
  if (count > 0) storePartial(dz, gradient4(loadPartial(dy, count), loadPartial(z, count)), count);
}
