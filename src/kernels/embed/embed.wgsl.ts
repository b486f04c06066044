// The sum of a token's three embeddings in WGSL, one element of `type` per invocation.
import { flatMain, header } from '../wgsl.ts';

export function embedCode(type: string): string {
  const reads = {
    words: type,
    positions: type,
    types: type,
    wordIds: 'i32',
    positionIds: 'i32',
    typeIds: 'i32',
  };
  return `${header({ y: type }, reads, 'tokens : u32, width : u32')}
  ${flatMain(`
    let width = uniforms.width;
    if (index >= uniforms.tokens * width) { return; }
    let token = index / width;
    let at = index % width;
    let word = words[u32(wordIds[token]) * width + at];
    y[index] = word + types[u32(typeIds[token]) * width + at] + positions[u32(positionIds[token]) * width + at];
  `)}`;
}
