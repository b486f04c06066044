// Column sums in WGSL: an invocation sums one column (or four adjacent ones) over its part of the rows.
import { header } from '../wgsl.ts';

/** Workgroup y is the part of the rows; every part writes one row of the result. */
export function columnSumCode(type: string, size: number): string {
  return `${header({ sums: type }, { x: type }, 'rows : u32, columns : u32, partSize : u32')}
  @compute @workgroup_size(${size}) fn main(
    @builtin(workgroup_id) group : vec3<u32>,
    @builtin(local_invocation_index) local : u32
  ) {
    let column = group.x * ${size}u + local;
    let columns = uniforms.columns;
    if (column >= columns) { return; }
    let start = group.y * uniforms.partSize;
    let stop = min(uniforms.rows, start + uniforms.partSize);
    var sum = ${type}();
    for (var row = start; row < stop; row++) { sum += x[row * columns + column]; }
    sums[group.y * columns + column] = sum;
  }`;
}
