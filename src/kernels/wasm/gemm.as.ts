// The matrix product all kernels share (after Goto & van de Geijn 2008): both operands are packed, B into panels of 8
// columns, A into strips of 5 rows, and a strip times a panel is ten vectors of four sums that never leave the
// registers. 5 x 8 is what fits: ten sums, two vectors of B, one of A, and two for what the compiler needs.
//
// The sum over k is cut into blocks of a fixed length, so that a strip and a panel stay in the first cache; the cut
// depends on k alone, and so do the bits of the result.
import { loadSome, storeSome } from './math.as';

export const STRIP: i32 = 5;
export const PANEL: i32 = 8;
/** Longest block of k. */
const BLOCK: i32 = 512;

/** Bytes of a packed strip, and of the tile used at the edges. */
export const STRIP_BYTES: usize = <usize>(BLOCK * STRIP) * 4;
const TILE_BYTES: usize = <usize>(STRIP * PANEL) * 4;
/** What gemm() needs to work in. */
export const WORK_BYTES: usize = STRIP_BYTES + TILE_BYTES + 64;

/** Length of the blocks that k is cut into. */
// @ts-ignore: decorator
@inline
function blockOf(k: i32): i32 {
  const blocks = (k + BLOCK - 1) / BLOCK;
  return blocks <= 1 ? k : (k + blocks - 1) / blocks;
}

/** Entry i of a list of rows; without a list, i. */
// @ts-ignore: decorator
@inline
function listed(list: usize, i: i32): i32 {
  return list == 0 ? i : load<i32>(list + ((<usize>i) << 2));
}

/** c = init + strip . panel. @param initStep, cStep bytes from row to row */
function multiplyTile(a: usize, b: usize, k: i32, init: usize, initStep: usize, c: usize, cStep: usize): void {
  let c00 = v128.load(init),
    c01 = v128.load(init, 16);
  init += initStep;
  let c10 = v128.load(init),
    c11 = v128.load(init, 16);
  init += initStep;
  let c20 = v128.load(init),
    c21 = v128.load(init, 16);
  init += initStep;
  let c30 = v128.load(init),
    c31 = v128.load(init, 16);
  init += initStep;
  let c40 = v128.load(init),
    c41 = v128.load(init, 16);
  let x: v128, b0: v128, b1: v128;
  for (; k > 0; k--) {
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load_splat<f32>(a);
    c00 = f32x4.add(c00, f32x4.mul(x, b0));
    c01 = f32x4.add(c01, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(x, b0));
    c11 = f32x4.add(c11, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(x, b0));
    c21 = f32x4.add(c21, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(x, b0));
    c31 = f32x4.add(c31, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a, 16);
    c40 = f32x4.add(c40, f32x4.mul(x, b0));
    c41 = f32x4.add(c41, f32x4.mul(x, b1));
    a += 20;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cStep;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cStep;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cStep;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  c += cStep;
  v128.store(c, c40);
  v128.store(c, c41, 16);
}

/** Fewer than five rows, as [k][5]; what is missing is 0. */
function packFewRows(a: usize, step: usize, list: usize, row: i32, rows: i32, k: i32, to: usize): void {
  memory.fill(to, 0, <usize>(k * STRIP) * 4);
  for (let i = 0; i < rows; i++) {
    const from = a + <usize>listed(list, row + i) * step;
    for (let j = 0; j < k; j++) store<f32>(to + <usize>(j * STRIP + i) * 4, load<f32>(from + (<usize>j << 2)));
  }
}

/** Five rows, `row` to `row + 4` of the list, as [k][5]. */
function packRows(a: usize, step: usize, list: usize, row: i32, k: i32, to: usize): void {
  let a0 = a + <usize>listed(list, row) * step,
    a1 = a + <usize>listed(list, row + 1) * step,
    a2 = a + <usize>listed(list, row + 2) * step,
    a3 = a + <usize>listed(list, row + 3) * step,
    a4 = a + <usize>listed(list, row + 4) * step;
  for (; k >= 4; k -= 4) {
    const x0 = v128.load(a0),
      x1 = v128.load(a1),
      x2 = v128.load(a2),
      x3 = v128.load(a3);
    const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5),
      high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5),
      high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
    store<f32>(to, load<f32>(a4), 16);
    v128.store(to, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 20);
    store<f32>(to, load<f32>(a4, 4), 36);
    v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 40);
    store<f32>(to, load<f32>(a4, 8), 56);
    v128.store(to, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 60);
    store<f32>(to, load<f32>(a4, 12), 76);
    a0 += 16;
    a1 += 16;
    a2 += 16;
    a3 += 16;
    a4 += 16;
    to += 80;
  }
  for (; k > 0; k--) {
    store<f32>(to, load<f32>(a0));
    store<f32>(to, load<f32>(a1), 4);
    store<f32>(to, load<f32>(a2), 8);
    store<f32>(to, load<f32>(a3), 12);
    store<f32>(to, load<f32>(a4), 16);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    a4 += 4;
    to += 20;
  }
}

/** Five columns (fewer at the edge, the rest 0) of a matrix, as [k][5]: the transposed operand. */
function packColumns(a: usize, step: usize, list: usize, first: i32, columns: i32, k: i32, to: usize): void {
  if (columns < STRIP) memory.fill(to, 0, <usize>(k * STRIP) * 4);
  for (let j = first; j < first + k; j++) {
    const from = a + <usize>listed(list, j) * step;
    if (columns == STRIP) {
      v128.store(to, v128.load(from));
      store<f32>(to, load<f32>(from, 16), 16);
    } else {
      for (let i = 0; i < columns; i++) store<f32>(to + (<usize>i << 2), load<f32>(from + (<usize>i << 2)));
    }
    to += 20;
  }
}

/** Bytes of a packed B [k, n]. */
export function packedBytes(k: i32, n: i32): usize {
  return <usize>(k * ((n + PANEL - 1) / PANEL) * PANEL) * 4;
}

/**
 * One panel of B [k, n], as [block of k][panel][k][8]; columns past n are 0.
 * @param step bytes from row to row of B as it is stored: [k, n], or [n, k] when transposed
 * @param list which rows of B, not transposed, the k are; 0: the first k
 */
export function packPanel(
  b: usize,
  step: usize,
  transposed: bool,
  k: i32,
  n: i32,
  panel: i32,
  packed: usize,
  list: usize,
): void {
  const block = blockOf(k);
  const panels = (n + PANEL - 1) / PANEL;
  const columns = min(PANEL, n - panel * PANEL);
  for (let from = 0; from < k; from += block) {
    const count = min(block, k - from);
    let to = packed + <usize>((from * panels + panel * count) * PANEL) * 4;
    if (transposed) {
      packTransposed(b + <usize>(panel * PANEL) * step + <usize>from * 4, step, columns, count, to);
      continue;
    }
    const column = b + <usize>(panel * PANEL) * 4;
    for (let i = from; i < from + count; i++) {
      const at = column + <usize>listed(list, i) * step;
      v128.store(to, loadSome(at, columns));
      v128.store(to, loadSome(at + 16, columns - 4), 16);
      to += 32;
    }
  }
}

function packTransposed(b: usize, step: usize, columns: i32, k: i32, to: usize): void {
  if (columns < PANEL) memory.fill(to, 0, <usize>k * 32);
  for (let half = 0; half < columns; half += 4) {
    const width = min(4, columns - half);
    let target = to + <usize>half * 4;
    let b0 = b + <usize>half * step;
    if (width < 4) {
      for (let i = 0; i < width; i++)
        for (let j = 0; j < k; j++)
          store<f32>(target + (<usize>j << 5) + (<usize>i << 2), load<f32>(b0 + <usize>i * step + (<usize>j << 2)));
      continue;
    }
    let b1 = b0 + step,
      b2 = b1 + step,
      b3 = b2 + step;
    let rest = k;
    for (; rest >= 4; rest -= 4) {
      const x0 = v128.load(b0),
        x1 = v128.load(b1),
        x2 = v128.load(b2),
        x3 = v128.load(b3);
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5),
        high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5),
        high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
      v128.store(target, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 32);
      v128.store(target, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 64);
      v128.store(target, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 96);
      b0 += 16;
      b1 += 16;
      b2 += 16;
      b3 += 16;
      target += 128;
    }
    for (; rest > 0; rest--) {
      store<f32>(target, load<f32>(b0));
      store<f32>(target, load<f32>(b1), 4);
      store<f32>(target, load<f32>(b2), 8);
      store<f32>(target, load<f32>(b3), 12);
      b0 += 4;
      b1 += 4;
      b2 += 4;
      b3 += 4;
      target += 32;
    }
  }
}

/** All panels of B, one after the other. */
export function packAll(b: usize, step: usize, transposed: bool, k: i32, n: i32, packed: usize): void {
  const panels = (n + PANEL - 1) / PANEL;
  for (let panel = 0; panel < panels; panel++) packPanel(b, step, transposed, k, n, panel, packed, 0);
}

/**
 * Rows `from` to `to` of C [m, n] = A . B (+ bias), B packed.
 * @param a [m, k], or [k, m] when transposed; rows `aStep` bytes apart
 * @param bias [n], or 0 for none
 * @param c rows `cStep` bytes apart
 * @param work WORK_BYTES of this thread's own
 * @param list 0, or which stored rows of A are meant: rows `from` to `to` of C are then those at list[from] ...,
 *   or when transposed the k are
 */
export function gemm(
  a: usize,
  aStep: usize,
  transposed: bool,
  packed: usize,
  bias: usize,
  c: usize,
  cStep: usize,
  from: i32,
  to: i32,
  n: i32,
  k: i32,
  work: usize,
  list: usize = 0,
): void {
  const block = blockOf(k);
  const panels = (n + PANEL - 1) / PANEL;
  const strip = work;
  const tile = work + STRIP_BYTES;
  const rowList: usize = transposed ? 0 : list;
  for (let k0 = 0; k0 < k; k0 += block) {
    const count = min(block, k - k0);
    const panelBytes = <usize>(count * PANEL) * 4;
    for (let row = from; row < to; row += STRIP) {
      const rows = min(STRIP, to - row);
      const first = listed(rowList, row);
      const together = rows == STRIP && listed(rowList, row + STRIP - 1) == first + STRIP - 1;
      if (transposed) packColumns(a + <usize>row * 4, aStep, list, k0, rows, count, strip);
      else if (rows == STRIP) packRows(a + <usize>k0 * 4, aStep, rowList, row, count, strip);
      else packFewRows(a + <usize>k0 * 4, aStep, rowList, row, rows, count, strip);
      let panel = packed + <usize>(k0 * panels * PANEL) * 4;
      for (let column = 0; column < n; column += PANEL) {
        const columns = min(PANEL, n - column);
        const columnBytes = <usize>column * 4;
        const target = c + <usize>first * cStep + columnBytes;
        const start = bias == 0 ? 0 : bias + columnBytes;
        if (!together || columns < PANEL)
          edge(strip, panel, count, k0 > 0, start, c + columnBytes, cStep, rowList, row, rows, columns, tile);
        else if (k0 > 0) multiplyTile(strip, panel, count, target, cStep, target, cStep);
        else if (start != 0) multiplyTile(strip, panel, count, start, 0, target, cStep);
        else {
          v128.store(tile, f32x4.splat(0));
          v128.store(tile, f32x4.splat(0), 16);
          multiplyTile(strip, panel, count, tile, 0, target, cStep);
        }
        panel += panelBytes;
      }
    }
  }
}

/** A tile that is not whole, or whose rows lie apart: computed aside, and only what belongs to C is written. */
function edge(
  strip: usize,
  panel: usize,
  k: i32,
  continued: bool,
  bias: usize,
  c: usize,
  cStep: usize,
  list: usize,
  row: i32,
  rows: i32,
  columns: i32,
  tile: usize,
): void {
  memory.fill(tile, 0, TILE_BYTES);
  if (continued || bias != 0) {
    for (let i = 0; i < rows; i++) {
      const at = continued ? c + <usize>listed(list, row + i) * cStep : bias;
      v128.store(tile + (<usize>i << 5), loadSome(at, columns));
      v128.store(tile + (<usize>i << 5), loadSome(at + 16, columns - 4), 16);
    }
  }
  multiplyTile(strip, panel, k, tile, 32, tile, 32);
  for (let i = 0; i < rows; i++) {
    const at = c + <usize>listed(list, row + i) * cStep;
    storeSome(at, v128.load(tile + (<usize>i << 5)), columns);
    storeSome(at + 16, v128.load(tile + (<usize>i << 5), 16), columns - 4);
  }
}
