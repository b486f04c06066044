// AdamW and the sum of squares in WGSL, over as many tensors per dispatch as storage buffers can be bound.
import { header, inner, range } from '../wgsl.ts';

/**
 * Workgroup y is the parameter; formulas in adamw.ts. 1 - beta is passed in, as float32 subtraction loses
 * precision.
 */
export function adamwCode(type: string, count: number, decayFirst: boolean): string {
  const writes = Object.fromEntries(
    range(count).flatMap((i) => ['p', 'm', 'v'].map((name) => [`${name}${i}`, type])),
  );
  const reads = Object.fromEntries(range(count).map((i) => [`g${i}`, type]));
  const uniforms = `factor : f32, beta1 : f32, oneMinusBeta1 : f32, beta2 : f32, oneMinusBeta2 : f32, rate : f32, epsilon : f32,
    decayFactor : f32, ${range(count)
      .map((i) => `decayed${i} : u32`)
      .join(', ')}`;
  const decayFactorAt =
    type === 'f32'
      ? 'select(1.0, uniforms.decayFactor, at < decayed)'
      : `select(vec4<f32>(1.0), vec4<f32>(uniforms.decayFactor), vec4<u32>(4u * at) + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(decayed))`;
  const update = (i: number) => `case ${i}u: {
      if (index >= arrayLength(&p${i})) { return; }
      let g = g${i}[index] * uniforms.factor;
      let m = m${i}[index] * uniforms.beta1 + g * uniforms.oneMinusBeta1;
      let v = v${i}[index] * uniforms.beta2 + g * g * uniforms.oneMinusBeta2;
      m${i}[index] = m;
      v${i}[index] = v;
      let change = m / (sqrt(v) + uniforms.epsilon) * uniforms.rate;
      let p = p${i}[index];
      let decayFactor = decayFactorAt(index, uniforms.decayed${i});
      p${i}[index] = ${decayFirst ? 'p * decayFactor - change' : '(p - change) * decayFactor'};
    }`;
  return `${header(writes, reads, uniforms)}
  // What decay leaves of the elements at a place: it touches the first ones of a parameter.
  fn decayFactorAt(at : u32, decayed : u32) -> ${type} { return ${decayFactorAt}; }
  @compute @workgroup_size(64) fn main(
    @builtin(workgroup_id) group : vec3<u32>,
    @builtin(num_workgroups) groups : vec3<u32>,
    @builtin(local_invocation_index) local : u32
  ) {
    let index = (group.z * groups.x + group.x) * 64u + local;
    switch (group.y) {
      ${range(count).map(update).join('\n')}
      default: {}
    }
  }`;
}

/** Invocations, each of which sums a part of every tensor. */
export const PARTS = 1024;

/** partial[PARTS * (from + group.y) + invocation] = this invocation's part of the sum of squares of tensor group.y. */
export function squaresCode(type: string, count: number): string {
  const reads = Object.fromEntries(range(count).map((i) => [`x${i}`, type]));
  const part = (i: number) => `case ${i}u: {
      for (var at = index; at < arrayLength(&x${i}); at += ${PARTS}u) {
        let x = x${i}[at];
        sum += ${inner(type, 'x', 'x')};
      }
    }`;
  return `${header({ partial: 'f32' }, reads, 'first : u32')}
  @compute @workgroup_size(64) fn main(
    @builtin(global_invocation_id) place : vec3<u32>,
    @builtin(workgroup_id) group : vec3<u32>
  ) {
    let index = place.x;
    var sum = 0.0;
    switch (group.y) {
      ${range(count).map(part).join('\n')}
      default: {}
    }
    partial[${PARTS}u * (uniforms.first + group.y) + index] = sum;
  }`;
}

/**
 * norm[0] and factor[0] (adamw.ts) from the sum of all of `partial`, by one workgroup.
 * @param lanes invocations of the workgroup
 */
export function normCode(lanes: number): string {
  const shared = `
    sums[local] = dot(parts, vec4<f32>(1.0));
    workgroupBarrier();
    for (var half = ${lanes / 2}u; half > 0u; half /= 2u) {
      if (local < half) { sums[local] += sums[local + half]; }
      workgroupBarrier();
    }
    if (local > 0u) { return; }
    let sum = sums[0];`;
  return `${header({ norm: 'f32', factor: 'f32' }, { partial: 'vec4<f32>' }, 'maximum : f32')}
  ${lanes > 1 ? `var<workgroup> sums : array<f32, ${lanes}>;` : ''}
  @compute @workgroup_size(${lanes}) fn main(@builtin(local_invocation_index) local : u32) {
    var parts = vec4<f32>();
    for (var at = local; at < arrayLength(&partial); at += ${lanes}u) { parts += partial[at]; }
    ${lanes > 1 ? shared : 'let sum = dot(parts, vec4<f32>(1.0));'}
    norm[0] = sqrt(sum);
    let clipped = uniforms.maximum / (sqrt(sum) + 1e-6);
    factor[0] = select(clipped, 1.0, uniforms.maximum == 0.0 || clipped >= 1.0);
  }`;
}
