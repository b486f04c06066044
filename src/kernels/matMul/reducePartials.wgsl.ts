// Sums the partial results of a product (or another sum) in WGSL.
import { flatMain, header, range } from '../wgsl.ts';

/** Sums parts that each hold `count` consecutive tensors; uniforms.ends are the ends of these tensors. */
export function reducePartialsCode(count: number): string {
  const names = range(count).map((i) => `y${i}`);
  const ends = range(count).map((i) => `end${i} : u32`);
  return `${header(Object.fromEntries(names.map((name) => [name, 'f32'])), { parts: 'f32' }, `size : u32, splits : u32, ${ends.join(', ')}`)}
  ${flatMain(`
    if (index >= uniforms.size) { return; }
    var total = 0.0;
    for (var s = 0u; s < uniforms.splits; s++) { total += parts[s * uniforms.size + index]; }
    ${names
      .map((name, i) => {
        const begin = i === 0 ? '0u' : `uniforms.end${i - 1}`;
        return `if (index < uniforms.end${i}) { ${name}[index - ${begin}] = total; return; }`;
      })
      .join('\n    ')}
  `)}`;
}
