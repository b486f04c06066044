// The formula of each stage, in TeX, with the actual numbers of the step and interactive terms (highlight.ts).
// h: embedding of the followed sentence, h_j: of column j, s: cosine, p: probability, g: gradient, theta: a weight.
import type { Formula } from './formula.ts';
import type { StageKind } from './stages.ts';
import type { StageData } from './stageData.ts';
import {
  attentionFormula,
  cosineFormula,
  embeddingFormula,
  headFormula,
  lossFormula,
  poolingFormula,
  sentenceFormula,
  softmaxFormula,
  tokenFormula,
} from './forwardFormulas.ts';
import {
  afterFormula,
  clipFormula,
  gradientFormula,
  hierarchyFormula,
  updateFormula,
} from './backwardFormulas.ts';

export const FORMULAS: Record<StageKind, (data: StageData) => Formula> = {
  sentence: sentenceFormula,
  tokens: tokenFormula,
  embeddings: embeddingFormula,
  attention: attentionFormula,
  pooling: poolingFormula,
  head: headFormula,
  cosines: cosineFormula,
  softmax: softmaxFormula,
  loss: lossFormula,
  ht: hierarchyFormula,
  gradient: gradientFormula,
  clip: clipFormula,
  update: updateFormula,
  after: afterFormula,
};
