// Rows added into a table by id in WGSL. The ids come sorted: `order` has the places of one row's ids side by side,
// from starts[row] to starts[row + 1], in rising order. So nothing is atomic and sums never change from run to run.
import { header, range } from '../wgsl.ts';

/**
 * Several tables of one width are made of one dy, each from a list of ids of its own: of a table, workgroups follow each
 * other by its parts (a part of every row's places; it has a table to itself). `order` and `starts` are those of all tables,
 * one after the other.
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
