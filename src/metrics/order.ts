// Order of four-level groups: in how many of them the cosines to the anchor fall as the paper's hierarchy says
// (positive > intermediate > negative), and in how many the positive is above the negative.
import { rowCosines, type Matrix } from './vectors.ts';

/** Embeddings of the groups' sentences, one matrix per role, [groups, hidden] each. */
export interface GroupEmbeddings {
  anchor: Matrix;
  positive: Matrix;
  intermediate: Matrix;
  negative: Matrix;
}

export interface GroupOrder {
  groups: number;
  /** Groups with positive > intermediate > negative. */
  ordered: number;
  /** Groups with positive > negative. */
  positiveFirst: number;
}

export function groupOrder({ anchor, positive, intermediate, negative }: GroupEmbeddings): GroupOrder {
  const [p, i, n] = [positive, intermediate, negative].map((level) => rowCosines(anchor, level));
  const count = (holds: (group: number) => boolean) => p!.filter((_, group) => holds(group)).length;
  return {
    groups: p!.length,
    ordered: count((g) => p![g]! > i![g]! && i![g]! > n![g]!),
    positiveFirst: count((g) => p![g]! > n![g]!),
  };
}
