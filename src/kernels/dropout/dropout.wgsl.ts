// Dropout on WebGPU: one Threefry-2x32-20 block serves four elements.
import { flatProgram, type Program } from '../program.ts';

const THREEFRY = `
  const PARITY = 0x1BD11BDAu;
  const ROTATIONS = array<vec4<u32>, 2>(vec4<u32>(13u, 15u, 26u, 6u), vec4<u32>(17u, 29u, 16u, 24u));

  fn threefry(key : vec2<u32>, counter : vec2<u32>) -> vec2<u32> {
    let ks = array<u32, 3>(key.x, key.y, PARITY ^ key.x ^ key.y);
    var x = counter + key;
    for (var group = 0u; group < 5u; group++) {
      let turns = ROTATIONS[group & 1u];
      for (var round = 0u; round < 4u; round++) {
        let r = turns[round];
        x.x = x.x + x.y;
        x.y = ((x.y << r) | (x.y >> (32u - r))) ^ x.x;
      }
      x.x = x.x + ks[(group + 1u) % 3u];
      x.y = x.y + ks[(group + 2u) % 3u] + group + 1u;
    }
    return x;
  }
`;

/** Uniforms that MASK reads. */
export const MASK_UNIFORMS = 'key0 : u32, key1 : u32, threshold : u32, keptScale : f32';

/** What elements are multiplied by: a quad of four that begins at 4 * quad, or one. Threshold 0 drops nothing. */
export const MASK = `${THREEFRY}
  fn maskOfQuad(quad : u32) -> vec4<f32> {
    if (uniforms.threshold == 0u) { return vec4<f32>(1.0); }
    let bits = threefry(vec2<u32>(uniforms.key0, uniforms.key1), vec2<u32>(quad, 0u));
    let lanes = vec4<u32>(bits.x & 0xFFFFu, bits.x >> 16u, bits.y & 0xFFFFu, bits.y >> 16u);
    return select(vec4<f32>(), vec4<f32>(uniforms.keptScale), lanes >= vec4<u32>(uniforms.threshold));
  }
  fn maskOfOne(element : u32) -> f32 {
    if (uniforms.threshold == 0u) { return 1.0; }
    return maskOfQuad(element >> 2u)[element & 3u];
  }
`;

const CODE = `${THREEFRY}
  fn main(index : i32) {
    let first = index * 4;
    if (first >= uniforms.size) { return; }
    let bits = threefry(uniforms.key, vec2<u32>(u32(index), 0u));
    let lanes = array<u32, 4>(bits.x & 0xFFFFu, bits.x >> 16u, bits.y & 0xFFFFu, bits.y >> 16u);
    for (var lane = 0; lane < min(4, uniforms.size - first); lane++) {
      let kept = lanes[lane] >= uniforms.threshold;
      setOutputAtIndex(first + lane, select(0.0, x[first + lane] * uniforms.scale, kept));
    }
  }
`;

export function dropoutProgram(shape: number[]): Program {
  return flatProgram('semblance_dropout', shape, {
    inputs: ['x'],
    elementsPerInvocation: 4,
    uniforms: 'key : vec2<u32>, threshold : u32, scale : f32,',
    code: CODE,
  });
}
