// Adds rows to a table by id, in WGSL. The ids are sorted: `order` has the positions of each table row's ids side by
// side, from starts[row] to starts[row + 1], in ascending order. So no atomics are needed and sums are the same in
// every run.
import { header, range } from '../wgsl.ts';

/**
 * Computes several tables of the same width from one dy, each with its own list of ids. The workgroups of a table are
 * ordered by parts (each covers a part of every row's positions and writes a table of its own). `order` and `starts`
 * hold the values of all tables, one after the other.
 */
export function scatterRowsCode(type: string, tables: number): string {
  const all = range(tables);
  const sizes = all.map((t) => `size${t} : u32, parts${t} : u32, orderAt${t} : u32, startsAt${t} : u32`);
  const names = Object.fromEntries(all.map((t) => [`y${t}`, type]));
  return `${header(names, { dy: type, order: 'i32', starts: 'i32' }, `width : u32, ${sizes.join(', ')}`)}
  @compute @workgroup_size(64) fn main(
    @builtin(workgroup_id) group : vec3<u32>,
    @builtin(num_workgroups) groups : vec3<u32>,
    @builtin(local_invocation_index) local : u32
  ) {
    let width = uniforms.width;
    var number = group.y * groups.x + group.x;
    ${all
      .map(
        (t) => `{
      let size = uniforms.size${t};
      let parts = uniforms.parts${t};
      let groupsOfPart = (size + 63u) / 64u;
      if (number < groupsOfPart * parts) {
        let part = number / groupsOfPart;
        let index = number % groupsOfPart * 64u + local;
        if (index >= size) { return; }
        let row = uniforms.startsAt${t} + index / width;
        let column = index % width;
        let start = u32(starts[row]);
        let stop = u32(starts[row + 1u]);
        let share = (stop - start + parts - 1u) / parts;
        let first = start + part * share;
        var sum = ${type}();
        for (var i = first; i < min(stop, first + share); i++) {
          sum += dy[u32(order[uniforms.orderAt${t} + i]) * width + column];
        }
        y${t}[part * size + index] = sum;
        return;
      }
      number -= groupsOfPart * parts;
    }`,
      )
      .join('\n    ')}
  }`;
}
