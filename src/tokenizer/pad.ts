// A batch of token ids, padded to its longest row: the interface between tokenizer and encoder.

export interface TokenBatch {
  /** Row-major [rows, length]; padding holds the pad id. */
  ids: Int32Array;
  /** Real tokens per row. */
  lengths: Int32Array;
  rows: number;
  length: number;
  /** Token types (segments), row-major [rows, length]; all 0 by default, as for single sentences. */
  types?: Int32Array;
}

/** Pads rows of ids to the longest one (dynamic padding). @param padId id of the padding token */
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

/** Number of real tokens in a batch, without padding. */
export function tokenCount(batch: TokenBatch): number {
  return batch.lengths.reduce((total, n) => total + n, 0);
}
