// The types of a stage's formula: TeX lines and named terms.

/** The name of a term below the formula; its message key is microscope.terms.<name>. */
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
  /** The value as shown. */
  value: string;
}

export interface Formula {
  /** TeX, one entry per display line. */
  lines: string[];
  terms: Term[];
}
