// Rows added into a table by id in WGSL. The ids come sorted: `order` has the places of one row's ids side by side,
// from starts[row] to starts[row + 1], in rising order. So nothing is atomic and sums never change from run to run.
import { header } from '../dispatch.webgpu.ts';

/** Workgroup y is the part of every row's places; every part has a table of its own. */
export function scatterRowsCode(type: string): string {
  return `${header({ y: type }, { dy: type, order: 'i32', starts: 'i32' }, 'size : u32, width : u32, parts : u32')}
  @compute @workgroup_size(64) fn main(
    @builtin(workgroup_id) group : vec3<u32>,
    @builtin(num_workgroups) groups : vec3<u32>,
    @builtin(local_invocation_index) local : u32
  ) {
    let index = (group.y * groups.x + group.x) * 64u + local;
    if (index >= uniforms.size) { return; }
    let width = uniforms.width;
    let row = index / width;
    let column = index % width;
    let start = u32(starts[row]);
    let stop = u32(starts[row + 1u]);
    let share = (stop - start + uniforms.parts - 1u) / uniforms.parts;
    let first = start + group.z * share;
    var sum = ${type}();
    for (var i = first; i < min(stop, first + share); i++) { sum += dy[u32(order[i]) * width + column]; }
    y[group.z * uniforms.size + index] = sum;
  }`;
}
