// WGSL text shared by kernels: bindings, entry points, unrolled lines.

export type Workgroups = readonly [number, number, number];

/** 0 to n - 1 */
export function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** One line for each of 0 to n - 1: an unrolled loop. */
export function unrolled(n: number, line: (i: number) => string): string {
  return range(n).map(line).join('\n');
}

/** The inner product of two elements: numbers, or vectors of four. */
export function inner(type: string, a: string, b: string): string {
  return type === 'f32' ? `${a} * ${b}` : `dot(${a}, ${b})`;
}

/** Declares the bindings: types by name, in the order of a dispatch's tensors; the uniform struct comes last. */
export function header(
  writes: Record<string, string>,
  reads: Record<string, string>,
  uniforms?: string,
): string {
  const lines: string[] = [];
  const bind = (access: string) => {
    return ([name, type]: [string, string]) => {
      lines.push(`@group(0) @binding(${lines.length}) var<storage, ${access}> ${name} : array<${type}>;`);
    };
  };
  Object.entries(writes).forEach(bind('read_write'));
  Object.entries(reads).forEach(bind('read'));
  if (uniforms !== undefined)
    lines.push(
      `struct Uniforms { ${uniforms} };`,
      `@group(0) @binding(${lines.length}) var<uniform> uniforms : Uniforms;`,
    );
  return `${lines.join('\n')}\n`;
}

/** The WGSL type of elements, vec4 if all sizes are multiples of four, and how many elements of it there are. */
export function elementType(...sizes: number[]): { type: 'vec4<f32>' | 'f32'; count: number } {
  const fours = sizes.every((size) => size % 4 === 0);
  return fours ? { type: 'vec4<f32>', count: sizes[0]! / 4 } : { type: 'f32', count: sizes[0]! };
}

/** The largest number of workgroups along one axis that every device allows. */
const MAX_WORKGROUPS = 65535;

/** Workgroups for `count` invocations that use the flat index of flatMain(). */
export function flatWorkgroups(count: number, size = 64): Workgroups {
  const groups = Math.max(1, Math.ceil(count / size));
  const rows = Math.ceil(groups / MAX_WORKGROUPS);
  return [Math.ceil(groups / rows), rows, 1];
}

/**
 * An entry point with `index`, the flat index of the invocation.
 * @param size invocations per workgroup
 */
export function flatMain(body: string, size = 64): string {
  return `
  @compute @workgroup_size(${size}) fn main(
    @builtin(workgroup_id) group : vec3<u32>,
    @builtin(num_workgroups) groups : vec3<u32>,
    @builtin(local_invocation_index) local : u32
  ) {
    let index = (group.y * groups.x + group.x) * ${size}u + local;
    ${body}
  }`;
}
