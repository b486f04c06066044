// Packing of the operands of a matrix product (after Goto & van de Geijn 2008): A into strips of five rows, B into
// panels of eight columns, each laid out in the order in which multiplyTile() reads it.
//
// The sum over k is cut into blocks, so that a strip and a panel stay in the first-level cache. Where it is cut depends
// on k alone, and so do the bits of the result.
import { bytes, loadPartial, rowAt } from './memory.as';
import { PANEL_COLUMNS, STRIP_ROWS } from './tile';

/** Longest block of k. */
export const MAX_BLOCK: i32 = 512;

/** Length of the blocks that k is cut into. */
// @ts-ignore: decorator
@inline
export function blockLength(k: i32): i32 {
  const blocks = (k + MAX_BLOCK - 1) / MAX_BLOCK;
  return blocks <= 1 ? k : (k + blocks - 1) / blocks;
}

/** Panels of a B with n columns. */
// @ts-ignore: decorator
@inline
export function panelCount(n: i32): i32 {
  return (n + PANEL_COLUMNS - 1) / PANEL_COLUMNS;
}

/** Bytes of a packed B [k, n]. */
export function packedBytes(k: i32, n: i32): usize {
  return bytes(k * panelCount(n) * PANEL_COLUMNS);
}

/** Fewer than five rows of A, entries `first` to `first + count` of `rows`, as a strip [k][5]; the missing ones are 0. */
export function packFewRows(a: usize, stride: usize, rows: usize, first: i32, count: i32, k: i32, strip: usize): void {
  memory.fill(strip, 0, bytes(k * STRIP_ROWS));
  for (let i = 0; i < count; i++) {
    const row = a + <usize>rowAt(rows, first + i) * stride;
    for (let j = 0; j < k; j++) store<f32>(strip + bytes(j * STRIP_ROWS + i), load<f32>(row + bytes(j)));
  }
}

/** Five rows of A, entries `first` to `first + 4` of `rows`, as a strip [k][5]. */
export function packRows(a: usize, stride: usize, rows: usize, first: i32, k: i32, strip: usize): void {
  let a0 = a + <usize>rowAt(rows, first) * stride,
    a1 = a + <usize>rowAt(rows, first + 1) * stride,
    a2 = a + <usize>rowAt(rows, first + 2) * stride,
    a3 = a + <usize>rowAt(rows, first + 3) * stride,
    a4 = a + <usize>rowAt(rows, first + 4) * stride;
  for (; k >= 4; k -= 4) {
    const x0 = v128.load(a0),
      x1 = v128.load(a1),
      x2 = v128.load(a2),
      x3 = v128.load(a3);
    const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5),
      high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5),
      high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    v128.store(strip, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
    store<f32>(strip, load<f32>(a4), 16);
    v128.store(strip, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 20);
    store<f32>(strip, load<f32>(a4, 4), 36);
    v128.store(strip, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 40);
    store<f32>(strip, load<f32>(a4, 8), 56);
    v128.store(strip, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 60);
    store<f32>(strip, load<f32>(a4, 12), 76);
    a0 += 16;
    a1 += 16;
    a2 += 16;
    a3 += 16;
    a4 += 16;
    strip += 80;
  }
  for (; k > 0; k--) {
    store<f32>(strip, load<f32>(a0));
    store<f32>(strip, load<f32>(a1), 4);
    store<f32>(strip, load<f32>(a2), 8);
    store<f32>(strip, load<f32>(a3), 12);
    store<f32>(strip, load<f32>(a4), 16);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    a4 += 4;
    strip += 20;
  }
}

/**
 * Five columns of A as it is stored (fewer at the edge, the rest 0), as a strip [k][5]: A is transposed.
 * @param rows which stored rows the k are; 0: the first k
 */
export function packColumns(a: usize, stride: usize, rows: usize, k0: i32, columns: i32, k: i32, strip: usize): void {
  if (columns < STRIP_ROWS) memory.fill(strip, 0, bytes(k * STRIP_ROWS));
  for (let j = k0; j < k0 + k; j++) {
    const row = a + <usize>rowAt(rows, j) * stride;
    if (columns == STRIP_ROWS) {
      v128.store(strip, v128.load(row));
      store<f32>(strip, load<f32>(row, 16), 16);
    } else {
      for (let i = 0; i < columns; i++) store<f32>(strip + bytes(i), load<f32>(row + bytes(i)));
    }
    strip += 20;
  }
}

/**
 * One panel of B [k, n], as [block of k][panel][k][8]; columns past n are 0.
 * @param stride bytes from row to row of B as it is stored: [k, n], or [n, k] when transposed
 * @param rows which stored rows of B, when it is not transposed, the k are; 0: the first k
 */
export function packPanel(
  b: usize,
  stride: usize,
  transposed: bool,
  k: i32,
  n: i32,
  panel: i32,
  packed: usize,
  rows: usize,
): void {
  const block = blockLength(k);
  const panels = panelCount(n);
  const columns = min(PANEL_COLUMNS, n - panel * PANEL_COLUMNS);
  for (let k0 = 0; k0 < k; k0 += block) {
    const count = min(block, k - k0);
    let target = packed + bytes((k0 * panels + panel * count) * PANEL_COLUMNS);
    if (transposed) {
      packTransposed(b + <usize>(panel * PANEL_COLUMNS) * stride + bytes(k0), stride, columns, count, target);
      continue;
    }
    const column = b + bytes(panel * PANEL_COLUMNS);
    for (let i = k0; i < k0 + count; i++) {
      const source = column + <usize>rowAt(rows, i) * stride;
      v128.store(target, loadPartial(source, columns));
      v128.store(target, loadPartial(source + 16, columns - 4), 16);
      target += 32;
    }
  }
}

/** One block of a panel of a transposed B: up to eight rows of B as it is stored, as [k][8]. */
function packTransposed(b: usize, stride: usize, columns: i32, k: i32, panel: usize): void {
  if (columns < PANEL_COLUMNS) memory.fill(panel, 0, <usize>k * 32);
  for (let half = 0; half < columns; half += 4) {
    const width = min(4, columns - half);
    let target = panel + bytes(half);
    let b0 = b + <usize>half * stride;
    if (width < 4) {
      for (let i = 0; i < width; i++)
        for (let j = 0; j < k; j++)
          store<f32>(target + (<usize>j << 5) + bytes(i), load<f32>(b0 + <usize>i * stride + bytes(j)));
      continue;
    }
    let b1 = b0 + stride,
      b2 = b1 + stride,
      b3 = b2 + stride;
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

/** Packs all panels of B. */
export function packAll(b: usize, stride: usize, transposed: bool, k: i32, n: i32, packed: usize): void {
  const panels = panelCount(n);
  for (let panel = 0; panel < panels; panel++) packPanel(b, stride, transposed, k, n, panel, packed, 0);
}
