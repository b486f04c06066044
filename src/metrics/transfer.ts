// Transfer tasks as SentEval scores them (facebookresearch/SentEval, senteval/tools/validation.py: InnerKFoldClassifier,
// KFoldClassifier and SplitClassifier with `usepytorch` off and kfold 10).
//
// SentEval's: which examples learn, choose and judge (folds.ts); logistic regression on the embeddings as they are,
// not standardised; the penalties tried; the choice of the one with the highest mean accuracy in percent, rounded to two
// decimals, the strongest penalty of equals; the fit with it on the whole training part (a dev split is not added); the
// mean accuracy over folds of equal weight; |u - v| and u * v of pairs; F1 of MRPC.
//
// Ours: the minimum is found to a stated tolerance, by a solver without randomness, where SentEval stops early (its
// PyTorch classifier by tenacity, its scikit-learn one at that library's defaults); more than two classes are
// multinomial and the intercept is not penalised, as in today's scikit-learn (SentEval's time: one against the rest);
// folds come from this project's generator, so they are not SentEval's, example by example; figures are not rounded.
import type { JudgedSplit } from './folds.ts';
import { fitProbe, outputsOf, predict, type LabelledFeatures, type Probe } from './probe.ts';
import { Curvature } from './curvature.ts';

/** Values of C, rising: SentEval's for InnerKFoldClassifier and SplitClassifier, and for KFoldClassifier. */
export const PENALTIES = [0.25, 0.5, 1, 2, 4, 8];
export const PENALTIES_GIVEN_TEST = [0.5, 1, 2, 4, 8, 16, 32];

export interface TransferResult {
  /** Mean over the judged splits, 0 to 1. */
  accuracy: number;
  /** Mean of the accuracy that chose the penalty. */
  devAccuracy: number;
  splits: JudgedResult[];
  /** Fits whose gradient did not reach the tolerance. */
  notConverged: number;
}

export interface JudgedResult {
  /** The chosen C. */
  c: number;
  /** Accuracy of each C, in percent rounded to two decimals, on the examples that choose. */
  scores: number[];
  accuracy: number;
  /** Predicted class of each example of the split's test part. */
  predictions: number[];
  probe: Probe;
}

/** Chooses, fits and judges a probe for each split. @param onFit called after each of `fitCount` fits */
export function scoreTransfer(
  data: LabelledFeatures,
  splits: readonly JudgedSplit[],
  penalties: readonly number[],
  onFit?: () => void,
): TransferResult {
  let notConverged = 0;
  const fit: typeof fitProbe = (...of) => {
    const probe = fitProbe(...of);
    if (!probe.converged) notConverged++;
    onFit?.();
    return probe;
  };
  const judged = splits.map((split) => judge(data, split, penalties, fit));
  return {
    accuracy: mean(judged.map(({ accuracy }) => accuracy)),
    devAccuracy: mean(judged.map(({ scores }) => Math.max(...scores))) / 100,
    splits: judged,
    notConverged,
  };
}

/** Number of fits that `scoreTransfer` makes. */
export function fitCount(splits: readonly JudgedSplit[], penalties: readonly number[]): number {
  const refits = (split: JudgedSplit) => split.inner.filter(({ train }) => train !== split.train).length;
  return splits.reduce((total, split) => total + penalties.length * (1 + refits(split)), 0);
}

/**
 * The probes of all penalties on the whole training part come first: one of them is the result, and the fits of the
 * inner folds, on nine tenths of the same examples, begin at them.
 */
function judge(
  data: LabelledFeatures,
  { train, test, inner }: JudgedSplit,
  penalties: readonly number[],
  fit: typeof fitProbe,
): JudgedResult {
  const curvature = curvatureNear(data, train, penalties[0]!);
  let start: Float64Array | undefined;
  const probes: Probe[] = [];
  const scores = penalties.map((c) => {
    const whole = fit(data, train, { c, start, precondition: curvature.inverse(c) });
    start = whole.weights;
    probes.push(whole);
    // Inner folds differ by one example at most, so that one curvature serves them all.
    const precondition = curvature.inverse(c, inner[0]!.train.length);
    const accuracies = inner.map((split) => {
      const probe = split.train === train ? whole : fit(data, split.train, { c, start, precondition });
      return accuracy(data.labels, split.test, predict(probe, data.features, split.test));
    });
    return Math.round(1e4 * mean(accuracies)) / 100;
  });
  const chosen = scores.indexOf(Math.max(...scores));
  const predictions = predict(probes[chosen]!, data.features, test);
  return {
    c: penalties[chosen]!,
    scores,
    accuracy: accuracy(data.labels, test, predictions),
    predictions,
    probe: probes[chosen]!,
  };
}

/** The curvature at a rough minimum, which is near enough to those of all penalties to save most of the steps. */
function curvatureNear(data: LabelledFeatures, rows: readonly number[], c: number): Curvature {
  const zero = new Float64Array(outputsOf(data) * (data.features.dimension + 1));
  const precondition = new Curvature(data, rows, zero).inverse(c);
  const rough = fitProbe(data, rows, { c, precondition, tolerance: 1e-3, maxIterations: 20 });
  return new Curvature(data, rows, rough.weights);
}

function accuracy(
  labels: readonly number[],
  rows: readonly number[],
  predictions: readonly number[],
): number {
  return predictions.filter((label, at) => label === labels[rows[at]!]).length / rows.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** F1 of class 1 over the test examples of all splits together; 0 when it is neither there nor predicted. */
export function f1Score(
  labels: readonly number[],
  splits: readonly JudgedSplit[],
  judged: readonly Pick<JudgedResult, 'predictions'>[],
): number {
  let [hits, wrong] = [0, 0];
  splits.forEach(({ test }, s) => {
    judged[s]!.predictions.forEach((predicted, at) => {
      const label = labels[test[at]!];
      if (predicted === 1 && label === 1) hits++;
      else if (predicted === 1 || label === 1) wrong++;
    });
  });
  return hits + wrong === 0 ? 0 : (2 * hits) / (2 * hits + wrong);
}

/** SentEval's features for a pair of embeddings: |u - v| followed by u * v (element-wise), length 2d. */
export function pairFeatures(u: ArrayLike<number>, v: ArrayLike<number>): Float64Array {
  const { length } = u;
  return Float64Array.from({ length: 2 * length }, (_, k) =>
    k < length ? Math.abs(u[k]! - v[k]!) : u[k - length]! * v[k - length]!,
  );
}
