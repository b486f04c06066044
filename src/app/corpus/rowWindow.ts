// Computes which rows of a long table are visible. All rows have the same height.

export interface RowWindow {
  first: number;
  /** Index after the last row. */
  end: number;
}

/** Number of extra rows rendered beyond both edges, so that they are ready when scrolled into view. */
const MARGIN = 6;

export function rowWindow(scrollTop: number, height: number, rowHeight: number, rows: number): RowWindow {
  if (rows === 0 || rowHeight <= 0) return { first: 0, end: 0 };
  const first = Math.floor(scrollTop / rowHeight) - MARGIN;
  const end = Math.ceil((scrollTop + height) / rowHeight) + MARGIN;
  const last = Math.min(rows, Math.max(end, 0));
  return { first: Math.max(0, Math.min(first, last)), end: last };
}

/** The scroll position at which a row is fully visible; unchanged if it already is. */
export function scrollToRow(row: number, scrollTop: number, height: number, rowHeight: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + height ? top + rowHeight - height : scrollTop;
}

/** The row that a key moves to; undefined for keys that do not navigate. */
export function rowAfterKey(key: string, row: number, rows: number, page: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + page,
    PageUp: row - page,
    Home: 0,
    End: rows - 1,
  };
  const next = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return next === undefined ? undefined : Math.max(0, Math.min(rows - 1, next));
}

/** The methods of RowGrid.svelte that tables use. */
export interface GridHandle {
  /** Focuses the active row, or the row at `fallback` if there is none. */
  focusActive: (fallback?: number) => void;
  indexOfActive: () => number;
}
