// Transfer tasks: cross-validated accuracy of a logistic probe on frozen embeddings.
import { Random } from '../util/random.ts';
import { fitProbe, predict, type ProbeOptions } from './probe.ts';

/** Stratified folds: every class is spread evenly over them. Returns the fold index of each example. */
export function stratifiedFolds(labels: readonly number[], folds: number, random: Random): number[] {
  const fold = new Array<number>(labels.length);
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  for (const label of classes) {
    const members = labels.flatMap((other, i) => (other === label ? [i] : []));
    random
      .fork(label)
      .shuffled(members)
      .forEach((index, place) => {
        fold[index] = place % folds;
      });
  }
  return fold;
}

/** Cross-validated accuracy over stratified folds, 0 to 1. @param labels class indices, starting at 0 */
export function crossValidatedAccuracy(
  features: readonly ArrayLike<number>[],
  labels: readonly number[],
  options: ProbeOptions & { folds?: number; seed?: number },
): number {
  const { folds = 5, seed = 1111 } = options;
  const fold = stratifiedFolds(labels, folds, Random.seeded(seed).fork('folds'));
  let correct = 0;
  for (let k = 0; k < folds; k++) {
    const inFold = labels.flatMap((_, i) => (fold[i] === k ? [i] : []));
    const rest = labels.flatMap((_, i) => (fold[i] === k ? [] : [i]));
    const probe = fitProbe(
      rest.map((i) => features[i]!),
      rest.map((i) => labels[i]!),
      options,
    );
    const predictions = predict(
      probe,
      inFold.map((i) => features[i]!),
    );
    correct += predictions.filter((label, at) => label === labels[inFold[at]!]).length;
  }
  return correct / labels.length;
}

/** Accuracy, 0 to 1, of a probe fitted on the examples before index `cut` and tested on the rest. */
export function splitAccuracy(
  features: readonly ArrayLike<number>[],
  labels: readonly number[],
  cut: number,
  options: ProbeOptions,
): number {
  const probe = fitProbe(features.slice(0, cut), labels.slice(0, cut), options);
  const predictions = predict(probe, features.slice(cut));
  return predictions.filter((label, i) => label === labels[cut + i]).length / predictions.length;
}

/** SentEval's features for a pair of embeddings: |u - v| followed by u * v (element-wise), length 2d. */
export function pairFeatures(u: Float64Array, v: Float64Array): Float64Array {
  const { length } = u;
  return Float64Array.from({ length: 2 * length }, (_, k) =>
    k < length ? Math.abs(u[k]! - v[k]!) : u[k - length]! * v[k - length]!,
  );
}
