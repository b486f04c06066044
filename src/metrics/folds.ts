// Which examples a probe learns from, which ones decide about its penalty, and which ones judge it.
import { Random } from '../util/random.ts';

/** Indices of examples. */
export interface Split {
  train: number[];
  test: number[];
}

/** One fit that is judged: the penalty is chosen on `inner`, then the probe learns from `train`. */
export interface JudgedSplit extends Split {
  /** Each either splits `train` in two, or takes all of `train` and judges on other examples (a dev split). */
  inner: Split[];
}

/** Number of folds, outer and inner, of SentEval (kfold 10, with which its results are reported), and its seed. */
export const FOLDS = 10;
const SEED = 1111;

/**
 * Stratified folds: every class is spread evenly over them, and so is the whole. Returns the fold of each example.
 */
export function stratifiedFolds(labels: readonly number[], folds: number, random: Random): number[] {
  const fold = new Array<number>(labels.length);
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  let dealt = 0;
  for (const label of classes) {
    const members = labels.flatMap((other, i) => (other === label ? [i] : []));
    for (const index of random.fork(label).shuffled(members)) fold[index] = dealt++ % folds;
  }
  return fold;
}

/** Splits the examples `among` by cross-validation. */
function crossValidation(labels: readonly number[], among: readonly number[], random: Random): Split[] {
  const fold = stratifiedFolds(
    among.map((i) => labels[i]!),
    FOLDS,
    random,
  );
  return Array.from({ length: FOLDS }, (_, k) => ({
    train: among.filter((_, at) => fold[at] !== k),
    test: among.filter((_, at) => fold[at] === k),
  }));
}

/** Without given splits: ten folds are judged in turn; ten folds inside the other nine choose the penalty. */
export function nestedFolds(labels: readonly number[]): JudgedSplit[] {
  const random = Random.seeded(SEED);
  return crossValidation(labels, [...labels.keys()], random.fork('folds')).map((split, k) => ({
    ...split,
    inner: crossValidation(labels, split.train, random.fork('inner folds').fork(k)),
  }));
}

/** With a given test split: ten folds of the training split choose the penalty. */
export function givenTest(labels: readonly number[], { train, test }: Split): JudgedSplit[] {
  const random = Random.seeded(SEED);
  return [{ train, test, inner: crossValidation(labels, train, random.fork('folds')) }];
}

/** With given dev and test splits: the dev split chooses the penalty. */
export function givenDevAndTest({ train, test }: Split, dev: number[]): JudgedSplit[] {
  return [{ train, test, inner: [{ train, test: dev }] }];
}
