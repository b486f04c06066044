// Embeddings in a record: unit vectors with a byte a component, in base64. Good to about 0.005 of a cosine at 128
// dimensions, at a quarter of the size; figures are never computed from them, only drawn.
import type { EmbeddingsEvent } from './events.ts';

interface Rows {
  /** Row-major [rows, dimension]. */
  data: Float64Array;
  rows: number;
  dimension: number;
}

const LEVELS = 127;

export function packEmbeddings(step: number, { data, rows, dimension }: Rows): EmbeddingsEvent {
  let bytes = '';
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * dimension, (r + 1) * dimension);
    const length = Math.hypot(...row) || 1;
    // The largest component of a row may fill the byte: direction is all that is kept.
    const largest = row.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / length || 1;
    for (const x of row) bytes += String.fromCharCode(Math.round((x / length / largest) * LEVELS) & 0xff);
  }
  return { type: 'embeddings', step, rows, dimension, data: btoa(bytes) };
}

/** Unit rows again. Returns undefined when the size does not fit. */
export function unpackEmbeddings({ rows, dimension, data }: EmbeddingsEvent): Rows | undefined {
  const bytes = atob(data);
  if (bytes.length !== rows * dimension) return undefined;
  const values = Float64Array.from(bytes, (byte) => (byte.charCodeAt(0) << 24) >> 24);
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * dimension, (r + 1) * dimension);
    const length = Math.hypot(...row) || 1;
    row.forEach((x, i) => (row[i] = x / length));
  }
  return { data: values, rows, dimension };
}
