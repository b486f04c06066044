// Which rows of a long table lie in sight. All rows are equally high.

export interface RowWindow {
  first: number;
  /** One past the last. */
  end: number;
}

/** Rows drawn beyond both edges, so that scrolling meets them ready. */
const MARGIN = 6;

export function rowWindow(scrollTop: number, height: number, rowHeight: number, rows: number): RowWindow {
  if (rows === 0 || rowHeight <= 0) return { first: 0, end: 0 };
  const first = Math.floor(scrollTop / rowHeight) - MARGIN;
  const end = Math.ceil((scrollTop + height) / rowHeight) + MARGIN;
  const last = Math.min(rows, Math.max(end, 0));
  return { first: Math.max(0, Math.min(first, last)), end: last };
}

/** Where to scroll so that a row is wholly in sight; the same place when it is already. */
export function scrollToRow(row: number, scrollTop: number, height: number, rowHeight: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + height ? top + rowHeight - height : scrollTop;
}

/** The row a key leads to; undefined for keys that lead nowhere. */
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

/** What a table asks of its grid (RowGrid.svelte). */
export interface GridHandle {
  /** Brings the active row, or else the row at `fallback`, back into reach. */
  focusActive: (fallback?: number) => void;
  indexOfActive: () => number;
}
