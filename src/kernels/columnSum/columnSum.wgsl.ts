// Column sums in WGSL: an invocation adds up one column (or four neighbours) over its part of the rows.
import { header } from '../dispatch.webgpu.ts';

/** Sums of x, and with `pair` sums of x and of x * y. Workgroup y is the part; every part has a row in the results. */
export function columnSumCode(type: string, pair: boolean, size: number): string {
  const writes = { sums: type, ...(pair && { products: type }) };
  const reads = { x: type, ...(pair && { y: type }) };
  return `${header(writes, reads, 'rows : u32, columns : u32, share : u32')}
  @compute @workgroup_size(${size}) fn main(
    @builtin(workgroup_id) group : vec3<u32>,
    @builtin(local_invocation_index) local : u32
  ) {
    let column = group.x * ${size}u + local;
    let columns = uniforms.columns;
    if (column >= columns) { return; }
    let start = group.y * uniforms.share;
    let stop = min(uniforms.rows, start + uniforms.share);
    var sum = ${type}();
    var product = ${type}();
    for (var row = start; row < stop; row++) {
      let value = x[row * columns + column];
      sum += value;
      ${pair ? 'product += value * y[row * columns + column];' : ''}
    }
    sums[group.y * columns + column] = sum;
    ${pair ? 'products[group.y * columns + column] = product;' : ''}
  }`;
}
