// A batch of token ids, padded to its longest row: all that the tokenizer and the encoder share.

export interface TokenBatch {
  /** Row-major [rows, length]; padding holds the pad id. */
  ids: Int32Array;
  /** Real tokens per row. */
  lengths: Int32Array;
  rows: number;
  length: number;
  /** Token types (segments), row-major [rows, length]; left out: all 0, as for single sentences. */
  types?: Int32Array;
}

/** Pads rows of ids to the longest of them (dynamic padding). @param padId what padding holds. */
export function padRows(rows: readonly (readonly number[])[], padId: number): TokenBatch {
  const length = rows.reduce((longest, row) => Math.max(longest, row.length), 1);
  const ids = new Int32Array(rows.length * length).fill(padId);
  const lengths = new Int32Array(rows.length);
  rows.forEach((row, r) => {
    ids.set(row, r * length);
    lengths[r] = row.length;
  });
  return { ids, lengths, rows: rows.length, length };
}

/** Real tokens in a batch. */
export function tokenCount(batch: TokenBatch): number {
  return batch.lengths.reduce((total, n) => total + n, 0);
}
