// Reference implementation of the hierarchical triplet loss in plain float64, for the tests and `verify`.

export interface HierarchicalTripletValue {
  total: number;
  /** [groups][pairs]: s[p+1] - s[p] + margin, before max(0, .). */
  hinges: number[][];
  /** Mean of max(0, hinge) over the groups, per level pair. */
  perPair: number[];
}

/** @param similarity [groups][levels]: cosine of the anchor with each level, the most similar level first */
export function hierarchicalTripletReference(
  similarity: readonly (readonly number[])[],
  margins: readonly number[],
): HierarchicalTripletValue {
  const pairs = Math.max(0, (similarity[0]?.length ?? 0) - 1);
  const margin = (p: number) => margins[Math.min(p, margins.length - 1)]!;
  const hinges = similarity.map((s) =>
    Array.from({ length: pairs }, (_, p) => s[p + 1]! - s[p]! + margin(p)),
  );
  const perPair = Array.from({ length: pairs }, (_, p) => {
    return hinges.reduce((total, row) => total + Math.max(0, row[p]!), 0) / hinges.length;
  });
  return { total: pairs === 0 ? 0 : perPair.reduce((a, b) => a + b, 0) / pairs, hinges, perPair };
}
