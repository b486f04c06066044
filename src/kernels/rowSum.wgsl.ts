// The sum of a value over all invocations of a workgroup, in WGSL: by a tree in workgroup memory, or by subgroups
// first, which needs only two barriers instead of the tree's many.
import { SMALLEST_SUBGROUP } from './capabilities.ts';

/** Must precede everything else in the shader. */
export function rowSumDirectives(subgroups: boolean): string {
  return subgroups ? 'enable subgroups;\nrequires subgroup_id;' : '';
}

/** Parameters of the entry point, each followed by a comma. */
export function rowSumParameters(subgroups: boolean): string {
  return subgroups
    ? `@builtin(subgroup_id) subgroupNumber : u32,
    @builtin(num_subgroups) subgroupCount : u32,`
    : '';
}

/** The first statements of the entry point. */
export function rowSumBegin(subgroups: boolean): string {
  return subgroups ? 'subgroupIndex = subgroupNumber; subgroupTotal = subgroupCount;' : '';
}

/** sumOverRow(value, lane): must be called by all `lanes` invocations (a power of two), numbered by `lane`. */
export function rowSum(lanes: number, subgroups: boolean): string {
  return subgroups ? bySubgroups(lanes) : byTree(lanes);
}

function byTree(lanes: number): string {
  return `
  var<workgroup> partial : array<f32, ${lanes}>;
  fn sumOverRow(value : f32, lane : u32) -> f32 {
    partial[lane] = value;
    workgroupBarrier();
    for (var half = ${lanes / 2}u; half > 0u; half /= 2u) {
      if (lane < half) { partial[lane] += partial[lane + half]; }
      workgroupBarrier();
    }
    let total = partial[0];
    workgroupBarrier();
    return total;
  }`;
}

function bySubgroups(lanes: number): string {
  return `
  var<workgroup> partial : array<f32, ${Math.ceil(lanes / SMALLEST_SUBGROUP)}>;
  var<private> subgroupIndex : u32;
  var<private> subgroupTotal : u32;
  fn sumOverRow(value : f32, lane : u32) -> f32 {
    let subgroupSum = subgroupAdd(value);
    if (subgroupElect()) { partial[subgroupIndex] = subgroupSum; }
    workgroupBarrier();
    var total = partial[0];
    for (var i = 1u; i < subgroupTotal; i++) { total += partial[i]; }
    workgroupBarrier();
    return total;
  }`;
}
