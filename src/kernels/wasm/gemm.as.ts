// The matrix product that all kernels share: packed strips of A times packed panels of B (pack.as.ts), tile by tile
// (multiplyTile.as.ts).
import { bytes, loadPartial, rowAt, storePartial } from './memory.as';
import { multiplyTile } from './multiplyTile.as';
import { blockLength, MAX_BLOCK, packColumns, packFewRows, packRows, panelCount } from './pack.as';
import { PANEL_COLUMNS, STRIP_ROWS } from './tile';

/** Bytes of a packed strip, and of the tile that is used at the edges. */
const STRIP_BYTES: usize = <usize>(MAX_BLOCK * STRIP_ROWS) * 4;
const TILE_BYTES: usize = <usize>(STRIP_ROWS * PANEL_COLUMNS) * 4;
/** Bytes of workspace that gemm() needs. */
export const GEMM_WORKSPACE: usize = STRIP_BYTES + TILE_BYTES + 64;

/**
 * Rows `from` to `to` of C [m, n] = A . B (+ bias).
 * @param a [m, k], or [k, m] when transposed; rows `aStride` bytes apart
 * @param packed B [k, n], packed
 * @param bias [n], or 0 for none
 * @param c rows `cStride` bytes apart
 * @param workspace GEMM_WORKSPACE bytes of this thread's own
 * @param rows 0, or a list of stored rows of A: rows `from` to `to` of C are then those at rows[from] ..., or when A is
 *   transposed the list says which stored rows the k are
 */
export function gemm(
  a: usize,
  aStride: usize,
  transposed: bool,
  packed: usize,
  bias: usize,
  c: usize,
  cStride: usize,
  from: i32,
  to: i32,
  n: i32,
  k: i32,
  workspace: usize,
  rows: usize = 0,
): void {
  const block = blockLength(k);
  const panels = panelCount(n);
  const strip = workspace;
  const tile = workspace + STRIP_BYTES;
  const rowsOfC: usize = transposed ? 0 : rows;
  for (let k0 = 0; k0 < k; k0 += block) {
    const kCount = min(block, k - k0);
    const panelBytes = bytes(kCount * PANEL_COLUMNS);
    for (let row = from; row < to; row += STRIP_ROWS) {
      const rowCount = min(STRIP_ROWS, to - row);
      const first = rowAt(rowsOfC, row);
      const contiguous = rowCount == STRIP_ROWS && rowAt(rowsOfC, row + STRIP_ROWS - 1) == first + STRIP_ROWS - 1;
      if (transposed) packColumns(a + bytes(row), aStride, rows, k0, rowCount, kCount, strip);
      else if (rowCount == STRIP_ROWS) packRows(a + bytes(k0), aStride, rowsOfC, row, kCount, strip);
      else packFewRows(a + bytes(k0), aStride, rowsOfC, row, rowCount, kCount, strip);
      let panel = packed + bytes(k0 * panels * PANEL_COLUMNS);
      for (let column = 0; column < n; column += PANEL_COLUMNS) {
        const columnCount = min(PANEL_COLUMNS, n - column);
        const offset = bytes(column);
        const target = c + <usize>first * cStride + offset;
        const init = bias == 0 ? 0 : bias + offset;
        if (!contiguous || columnCount < PANEL_COLUMNS)
          multiplyEdge(strip, panel, kCount, k0 > 0, init, c + offset, cStride, rowsOfC, row, rowCount, columnCount, tile);
        else if (k0 > 0) multiplyTile(strip, panel, kCount, target, cStride, target, cStride);
        else if (init != 0) multiplyTile(strip, panel, kCount, init, 0, target, cStride);
        else {
          v128.store(tile, f32x4.splat(0));
          v128.store(tile, f32x4.splat(0), 16);
          multiplyTile(strip, panel, kCount, tile, 0, target, cStride);
        }
        panel += panelBytes;
      }
    }
  }
}

/**
 * A tile that is cut off by the edge of C, or whose rows are not contiguous: computed in `tile`, and only what belongs
 * to C is written.
 * @param accumulate adds to C (a later block of k), instead of starting from the bias
 */
function multiplyEdge(
  strip: usize,
  panel: usize,
  k: i32,
  accumulate: bool,
  bias: usize,
  c: usize,
  cStride: usize,
  rows: usize,
  row: i32,
  rowCount: i32,
  columnCount: i32,
  tile: usize,
): void {
  memory.fill(tile, 0, TILE_BYTES);
  if (accumulate || bias != 0) {
    for (let i = 0; i < rowCount; i++) {
      const source = accumulate ? c + <usize>rowAt(rows, row + i) * cStride : bias;
      v128.store(tile + (<usize>i << 5), loadPartial(source, columnCount));
      v128.store(tile + (<usize>i << 5), loadPartial(source + 16, columnCount - 4), 16);
    }
  }
  multiplyTile(strip, panel, k, tile, 32, tile, 32);
  for (let i = 0; i < rowCount; i++) {
    const target = c + <usize>rowAt(rows, row + i) * cStride;
    storePartial(target, v128.load(tile + (<usize>i << 5)), columnCount);
    storePartial(target + 16, v128.load(tile + (<usize>i << 5), 16), columnCount - 4);
  }
}
