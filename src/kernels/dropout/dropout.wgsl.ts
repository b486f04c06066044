// Dropout on WebGPU: one Threefry-2x32-20 block covers four elements.
import { flatMain, header } from '../wgsl.ts';

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
export const MASK_UNIFORMS = 'key0 : u32, key1 : u32, threshold : u32, dropoutScale : f32';

/** The factors of elements: of a group of four starting at 4 * quad, or of one. Threshold 0 drops nothing. */
export const MASK = `${THREEFRY}
  fn maskOfQuad(quad : u32) -> vec4<f32> {
    if (uniforms.threshold == 0u) { return vec4<f32>(1.0); }
    let bits = threefry(vec2<u32>(uniforms.key0, uniforms.key1), vec2<u32>(quad, 0u));
    let lanes = vec4<u32>(bits.x & 0xFFFFu, bits.x >> 16u, bits.y & 0xFFFFu, bits.y >> 16u);
    return select(vec4<f32>(), vec4<f32>(uniforms.dropoutScale), lanes >= vec4<u32>(uniforms.threshold));
  }
  fn maskOfOne(element : u32) -> f32 {
    if (uniforms.threshold == 0u) { return 1.0; }
    return maskOfQuad(element >> 2u)[element & 3u];
  }
`;

/** Four elements per invocation. */
export function dropoutCode(): string {
  return `${header({ y: 'f32' }, { x: 'f32' }, `size : u32, ${MASK_UNIFORMS}`)}
  ${MASK}
  ${flatMain(`
    let first = index * 4u;
    if (first >= uniforms.size) { return; }
    let mask = maskOfQuad(index);
    for (var lane = 0u; lane < min(4u, uniforms.size - first); lane++) {
      y[first + lane] = select(0.0, x[first + lane] * uniforms.dropoutScale, mask[lane] > 0.0);
    }
  `)}`;
}
