// What a formula of a stage consists of.

/** What a term is called under the formula: microscope.terms.<name>. */
export type TermName =
  | 'plain'
  | 'generated'
  | 'token'
  | 'dropout'
  | 'query'
  | 'weight'
  | 'mean'
  | 'vectorLength'
  | 'headLength'
  | 'product'
  | 'cosine'
  | 'temperature'
  | 'scaled'
  | 'probability'
  | 'ownLoss'
  | 'infonce'
  | 'margin'
  | 'beta'
  | 'ht'
  | 'loss'
  | 'pull'
  | 'force'
  | 'gradNorm'
  | 'limit'
  | 'factor'
  | 'gradient'
  | 'momentum'
  | 'secondMoment'
  | 'learningRate'
  | 'before'
  | 'after'
  | 'lossAfter';

export interface Term {
  name: TermName;
  /** Id of the term (highlight.ts). */
  term: string;
  /** As shown. */
  value: string;
}

export interface Formula {
  /** TeX, one display line each. */
  lines: string[];
  terms: Term[];
}
