// Semantic textual similarity (STS): correlation of cosines with the scores of sentence pairs, aggregated over the subsets of a task.
//
//   all     one correlation over the pairs of all subsets (what the paper reports; SentEval "all")
//   mean    unweighted mean of the subsets' correlations
//   wmean   mean of the subsets' correlations, weighted by subset size
import { pearson, spearman } from './correlation.ts';
import { rowCosines, type Matrix } from './vectors.ts';

export interface ScoredSubset {
  name: string;
  /** Similarities predicted by the system. */
  system: readonly number[];
  gold: readonly number[];
}

export interface StsResult {
  all: number | null;
  mean: number | null;
  wmean: number | null;
}

type Correlation = (x: readonly number[], y: readonly number[]) => number | null;

export function aggregate(subsets: readonly ScoredSubset[], correlation: Correlation): StsResult {
  const values = subsets.map(({ system, gold }) => correlation(system, gold));
  const sizes = subsets.map(({ gold }) => gold.length);
  const defined = values.length > 0 && values.every((value) => value !== null);
  const pairs = sizes.reduce((a, b) => a + b, 0);
  return {
    all: correlation(
      subsets.flatMap((s) => [...s.system]),
      subsets.flatMap((s) => [...s.gold]),
    ),
    mean: defined ? values.reduce((a, b) => a + b, 0) / values.length : null,
    wmean: defined ? values.reduce((total, value, i) => total + value * sizes[i]!, 0) / pairs : null,
  };
}

/** Correlations of cosine(a_i, b_i) with gold_i; a zero embedding gives similarity 0. */
export function stsFromEmbeddings(a: Matrix, b: Matrix, gold: readonly number[]) {
  const cosine = rowCosines(a, b);
  return { cosine, spearman: spearman(cosine, gold), pearson: pearson(cosine, gold) };
}
