// The curvature of the probe's objective, with which its solver needs few steps: for each row of W the block of the
// Hessian that belongs to that row alone,
//
//   C * S + diag(1, ..., 1, 0),   S = sum_i p_i (1 - p_i) [x_i 1]^T [x_i 1]
//
// For a binary probe that is the whole Hessian. S is summed once, at one W, and factorised for each C.
import { outputsOf, scoresOf, softmax, type LabelledFeatures } from './probe.ts';

/** Keeps a factorisation possible where rounding would spoil it (features that say nothing, probabilities of 0). */
const RELATIVE_JITTER = 1e-12;

export class Curvature {
  private readonly size: number;
  /** S of each output: row-major [size, size], the lower triangle. */
  private readonly sums: Float64Array[];
  private readonly examples: number;

  /** @param rows the examples to sum over; @param weights of a probe, at which the probabilities are taken */
  constructor(data: LabelledFeatures, rows: ArrayLike<number>, weights: Float64Array) {
    this.size = data.features.dimension + 1;
    this.examples = rows.length;
    const variances = variancesOf(data, rows, weights);
    this.sums = variances.map((variance) => weightedSquares(data, rows, variance));
  }

  /**
   * Returns a function that multiplies a vector by the inverse of the blocks, in place.
   * @param examples the number of examples of the fit; S is scaled from its own number to this one
   */
  inverse(c: number, examples = this.examples): (vector: Float64Array) => void {
    const { size } = this;
    const factors = this.sums.map((sums) => this.factor(sums, (c * examples) / this.examples));
    return (vector) => {
      balance(vector, size);
      factors.forEach((factor, o) => {
        solve(factor, vector.subarray(o * size, (o + 1) * size));
      });
      balance(vector, size);
    };
  }

  private factor(sums: Float64Array, scale: number): Float64Array {
    const { size } = this;
    const block = sums.map((value) => scale * value);
    let trace = 0;
    for (let k = 0; k < size; k++) trace += block[k * size + k]!;
    const jitter = RELATIVE_JITTER * (trace + 1);
    for (let k = 0; k < size; k++) block[k * size + k]! += k < size - 1 ? 1 : jitter;
    cholesky(block, size);
    return block;
  }
}

function balance(vector: Float64Array, size: number): void {
  const outputs = vector.length / size;
  if (outputs === 1) return;
  for (let k = 0; k < size; k++) {
    let sum = 0;
    for (let at = k; at < vector.length; at += size) sum += vector[at]!;
    for (let at = k; at < vector.length; at += size) vector[at]! -= sum / outputs;
  }
}

/** p (1 - p) of each output and example. */
function variancesOf(data: LabelledFeatures, rows: ArrayLike<number>, weights: Float64Array): Float64Array[] {
  const outputs = outputsOf(data);
  const scores = new Float64Array(outputs);
  const variances = Array.from({ length: outputs }, () => new Float64Array(rows.length));
  for (let i = 0; i < rows.length; i++) {
    scoresOf(scores, weights, data.features, rows[i]!);
    if (outputs === 1) scores[0] = 1 / (1 + Math.exp(-scores[0]!));
    else softmax(scores);
    for (let o = 0; o < outputs; o++) variances[o]![i] = scores[o]! * (1 - scores[o]!);
  }
  return variances;
}

/** sum_i variance_i [x_i 1]^T [x_i 1], the lower triangle. */
function weightedSquares(
  { features: { data, dimension } }: LabelledFeatures,
  rows: ArrayLike<number>,
  variance: Float64Array,
): Float64Array {
  const size = dimension + 1;
  const sums = new Float64Array(size * size);
  // Four examples at a time, so that each sum is loaded and stored a quarter as often.
  const four = Array.from({ length: 4 }, () => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [x0, x1, x2, x3] = four;
  for (let i = 0; i < rows.length; i += 4) {
    four.forEach((x, n) => {
      const row = rows[i + n];
      if (row === undefined) return void x.fill(0);
      const root = Math.sqrt(variance[i + n]!);
      for (let k = 0; k < dimension; k++) x[k] = root * data[row * dimension + k]!;
      x[dimension] = root;
    });
    for (let k = 0; k < size; k++) {
      const [a, b, c, d] = [x0[k]!, x1[k]!, x2[k]!, x3[k]!];
      const at = k * size;
      for (let j = 0; j <= k; j++) sums[at + j]! += a * x0[j]! + b * x1[j]! + c * x2[j]! + d * x3[j]!;
    }
  }
  return sums;
}

/** Overwrites the lower triangle of a positive definite matrix with its Cholesky factor. */
function cholesky(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!;
      matrix[i * size + j] = i === j ? Math.sqrt(sum) : sum / matrix[j * size + j]!;
    }
}

/** Solves L L^T x = b in place. */
function solve(factor: Float64Array, vector: Float64Array): void {
  const size = vector.length;
  for (let i = 0; i < size; i++) {
    let sum = vector[i]!;
    for (let k = 0; k < i; k++) sum -= factor[i * size + k]! * vector[k]!;
    vector[i] = sum / factor[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    const value = (vector[i]! /= factor[i * size + i]!);
    for (let k = 0; k < i; k++) vector[k]! -= factor[i * size + k]! * value;
  }
}
