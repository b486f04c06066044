// Logistic regression on frozen embeddings, for transfer tasks. It solves the same problem as scikit-learn's
// LogisticRegression (l2, lbfgs, intercept not penalised):
//
//   minimise  1/2 ||W||^2 + C * sum_i -log p(label_i | x_i)
//
// It is binary for two classes (one row of W, sigmoid; label 1 is positive), else multinomial (one row of W per class,
// softmax). The problem is convex: the minimum does not depend on where the solver begins.
import { minimise } from './lbfgs.ts';
import type { Matrix } from './vectors.ts';

export interface LabelledFeatures {
  /** [examples, dimension] */
  features: Matrix;
  /** Class index of each example, starting at 0. */
  labels: readonly number[];
  classes: number;
  /** Multinomial for two classes as well, when asked for. */
  mode?: 'binary' | 'multinomial' | undefined;
}

export interface Probe {
  /** 1 when binary, else the number of classes. */
  outputs: number;
  /** [outputs, dimension + 1]: the coefficients of each row of W, then its intercept. */
  weights: Float64Array;
  objective: number;
  iterations: number;
  /** Whether the gradient reached the tolerance. */
  converged: boolean;
}

export interface ProbeOptions {
  /** Inverse strength of the l2 penalty, C above. */
  c?: number | undefined;
  maxIterations?: number | undefined;
  /** Stop when no entry of the gradient of the objective / (C * examples) is larger: scikit-learn's `tol`. */
  tolerance?: number | undefined;
  /** Weights to begin from instead of 0. */
  start?: Float64Array | undefined;
  /** Multiplies by an approximate inverse Hessian of the objective, in place. */
  precondition?: ((vector: Float64Array) => void) | undefined;
}

/** Number of rows of W. */
export function outputsOf({ classes, mode }: LabelledFeatures): number {
  return (mode ?? (classes === 2 ? 'binary' : 'multinomial')) === 'binary' ? 1 : classes;
}

/** Fits a probe on some of the examples. @param rows indices of the examples to fit */
export function fitProbe(
  data: LabelledFeatures,
  rows: ArrayLike<number>,
  { c = 1, maxIterations = 1000, tolerance = 1e-8, start, precondition }: ProbeOptions = {},
): Probe {
  const outputs = outputsOf(data);
  const { theta, value, iterations, converged } = minimise(
    (weights, gradient) => probeObjective(weights, gradient, data, rows, c),
    {
      start: start ?? new Float64Array(outputs * (data.features.dimension + 1)),
      tolerance: tolerance * c * rows.length,
      maxIterations,
      precondition,
    },
  );
  if (outputs > 1) centreIntercepts(theta, outputs);
  return { outputs, weights: theta, objective: value, iterations, converged };
}

/** A number added to all intercepts changes no probability; their sum is made 0. */
function centreIntercepts(weights: Float64Array, outputs: number): void {
  const stride = weights.length / outputs;
  let sum = 0;
  for (let o = 1; o <= outputs; o++) sum += weights[o * stride - 1]!;
  for (let o = 1; o <= outputs; o++) weights[o * stride - 1]! -= sum / outputs;
}

/** The predicted classes of the examples with these indices. */
export function predict({ outputs, weights }: Probe, features: Matrix, rows: ArrayLike<number>): number[] {
  const scores = new Float64Array(outputs);
  return Array.from(rows, (row) => {
    scoresOf(scores, weights, features, row);
    return outputs === 1 ? Number(scores[0]! > 0) : scores.indexOf(Math.max(...scores));
  });
}

/** Writes W x + intercept of one example into `scores`. */
export function scoresOf(
  scores: Float64Array,
  weights: Float64Array,
  { data, dimension }: Matrix,
  row: number,
): void {
  for (let o = 0; o < scores.length; o++) {
    const from = o * (dimension + 1);
    let score = weights[from + dimension]!;
    for (let k = 0; k < dimension; k++) score += weights[from + k]! * data[row * dimension + k]!;
    scores[o] = score;
  }
}

function probeObjective(
  weights: Float64Array,
  gradient: Float64Array,
  { features, labels }: LabelledFeatures,
  rows: ArrayLike<number>,
  c: number,
): number {
  const { dimension } = features;
  const outputs = weights.length / (dimension + 1);
  const errors = Array.from({ length: BLOCK }, () => new Float64Array(outputs));
  let loss = 0;
  gradient.fill(0);
  for (let i = 0; i < rows.length; i += BLOCK) {
    scoreBlock(errors, weights, features, rows, i);
    errors.forEach((own, n) => {
      const row = rows[i + n];
      if (row === undefined) own.fill(0);
      else loss += outputs === 1 ? sigmoidLoss(own, labels[row]!) : softmaxLoss(own, labels[row]!);
    });
    addBlock(gradient, errors, features, rows, i);
  }
  let squares = 0;
  for (let k = 0; k < weights.length; k++) {
    const penalised = (k + 1) % (dimension + 1) === 0 ? 0 : weights[k]!;
    gradient[k] = c * gradient[k]! + penalised;
    squares += penalised * penalised;
  }
  return c * loss + squares / 2;
}

/** Examples that are scored, and whose gradient is added, at once: each weight is loaded once for all of them. */
const BLOCK = 4;

/** Where the block of examples that begins at rows[i] lies in the features; the last example fills a short block. */
function blockPlaces(
  rows: ArrayLike<number>,
  i: number,
  dimension: number,
): [number, number, number, number] {
  const place = (n: number) => rows[Math.min(i + n, rows.length - 1)]! * dimension;
  return [place(0), place(1), place(2), place(3)];
}

/** Writes W x + intercept of the examples of a block. */
function scoreBlock(
  scores: readonly Float64Array[],
  weights: Float64Array,
  { data, dimension }: Matrix,
  rows: ArrayLike<number>,
  i: number,
): void {
  const [p0, p1, p2, p3] = blockPlaces(rows, i, dimension);
  for (let o = 0, from = 0; from < weights.length; o++, from += dimension + 1) {
    let s0 = weights[from + dimension]!;
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let k = 0; k < dimension; k++) {
      const weight = weights[from + k]!;
      s0 += weight * data[p0 + k]!;
      s1 += weight * data[p1 + k]!;
      s2 += weight * data[p2 + k]!;
      s3 += weight * data[p3 + k]!;
    }
    scores[0]![o] = s0;
    scores[1]![o] = s1;
    scores[2]![o] = s2;
    scores[3]![o] = s3;
  }
}

/** Adds errors x [example 1] of a block; errors beyond the last row are 0. */
function addBlock(
  gradient: Float64Array,
  errors: readonly Float64Array[],
  { data, dimension }: Matrix,
  rows: ArrayLike<number>,
  i: number,
): void {
  const [p0, p1, p2, p3] = blockPlaces(rows, i, dimension);
  for (let o = 0, from = 0; from < gradient.length; o++, from += dimension + 1) {
    const e0 = errors[0]![o]!;
    const e1 = errors[1]![o]!;
    const e2 = errors[2]![o]!;
    const e3 = errors[3]![o]!;
    for (let k = 0; k < dimension; k++)
      gradient[from + k]! +=
        e0 * data[p0 + k]! + e1 * data[p1 + k]! + (e2 * data[p2 + k]! + e3 * data[p3 + k]!);
    gradient[from + dimension]! += e0 + e1 + (e2 + e3);
  }
}

/** Overwrites scores with probabilities. Returns log(sum(exp(scores))). */
export function softmax(scores: Float64Array): number {
  let top = -Infinity;
  for (const score of scores) top = Math.max(top, score);
  let total = 0;
  for (let o = 0; o < scores.length; o++) total += scores[o] = Math.exp(scores[o]! - top);
  for (let o = 0; o < scores.length; o++) scores[o]! /= total;
  return Math.log(total) + top;
}

/** Loss of one example; overwrites the scores with d loss / d score. */
function softmaxLoss(scores: Float64Array, label: number): number {
  const labelScore = scores[label]!;
  const loss = softmax(scores) - labelScore;
  scores[label]! -= 1;
  return loss;
}

function sigmoidLoss(scores: Float64Array, label: number): number {
  const score = scores[0]!;
  const signed = label === 1 ? score : -score;
  scores[0] = 1 / (1 + Math.exp(-score)) - label;
  return signed > 0 ? Math.log1p(Math.exp(-signed)) : -signed + Math.log1p(Math.exp(signed));
}
