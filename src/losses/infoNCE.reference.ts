// Reference implementation of InfoNCE in plain float64, for the tests and `verify`.

export interface InfoNceValue {
  loss: number;
  perRow: number[];
  /** Cosines [rows][columns]. */
  similarity: number[][];
  /** softmax(similarity / temperature) [rows][columns]. */
  probability: number[][];
}

export function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((total, value, i) => total + value * y[i]!, 0);
  const length = (x: readonly number[]) => Math.max(Math.sqrt(dot(x, x)), 1e-8);
  return dot(a, b) / (length(a) * length(b));
}

/** @param columns column i is the positive of anchor i; further columns are hard negatives */
export function infoNceReference(
  anchors: readonly (readonly number[])[],
  columns: readonly (readonly number[])[],
  temperature: number,
): InfoNceValue {
  const similarity = anchors.map((a) => columns.map((c) => cosine(a, c)));
  const probability: number[][] = [];
  const perRow = similarity.map((row, i) => {
    const logits = row.map((value) => value / temperature);
    const top = Math.max(...logits);
    const total = logits.reduce((sum, value) => sum + Math.exp(value - top), 0);
    probability.push(logits.map((value) => Math.exp(value - top) / total));
    return Math.log(total) + top - logits[i]!;
  });
  return { loss: perRow.reduce((a, b) => a + b, 0) / perRow.length, perRow, similarity, probability };
}
