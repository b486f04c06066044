// Logistic regression on frozen embeddings, for transfer tasks. It solves the same problem as scikit-learn's
// LogisticRegression (l2, lbfgs, intercept not penalised):
//
//   minimise  1/2 ||W||^2 + C * sum_i -log p(label_i | x_i)
//
// It is multinomial (one row of W per class) or, for two classes, binary (one row, sigmoid; label 1 is positive).

export interface Probe {
  mode: 'multinomial' | 'binary';
  classes: number;
  dimension: number;
  /** [outputs, dimension] row-major; outputs = classes, or 1 when binary. */
  coefficients: Float64Array;
  intercepts: Float64Array;
  objective: number;
  iterations: number;
}

export interface ProbeOptions {
  mode?: Probe['mode'] | undefined;
  /** Inverse regularisation strength, C above. */
  c?: number | undefined;
  classes: number;
  maxIterations?: number | undefined;
  /** Stop when the largest gradient entry is below this. */
  tolerance?: number | undefined;
}

/** Fits a probe. @param features [n][d]; @param labels class indices, starting at 0 */
export function fitProbe(
  features: readonly ArrayLike<number>[],
  labels: readonly number[],
  options: ProbeOptions,
): Probe {
  const { classes, c = 1, maxIterations = 1000, tolerance = 1e-6 } = options;
  const mode = options.mode ?? 'multinomial';
  const dimension = features[0]?.length ?? 0;
  const outputs = mode === 'binary' ? 1 : classes;
  const objective = (theta: Float64Array, gradient: Float64Array) =>
    probeObjective(theta, gradient, features, labels, { mode, outputs, dimension, c });
  const { theta, value, iterations } = lbfgs(objective, outputs * (dimension + 1), maxIterations, tolerance);
  const intercepts = theta.slice(outputs * dimension);
  if (mode === 'multinomial') {
    const centre = intercepts.reduce((a, b) => a + b, 0) / classes;
    for (let k = 0; k < classes; k++) intercepts[k]! -= centre;
  }
  return {
    mode,
    classes,
    dimension,
    coefficients: theta.slice(0, outputs * dimension),
    intercepts,
    objective: value,
    iterations,
  };
}

export function predict(probe: Probe, features: readonly ArrayLike<number>[]): number[] {
  const { mode, dimension, coefficients, intercepts } = probe;
  return features.map((x) => {
    const scores = Array.from(
      intercepts,
      (intercept, k) => intercept + dotRow(coefficients, k, x, dimension),
    );
    return mode === 'binary' ? Number(scores[0]! > 0) : scores.indexOf(Math.max(...scores));
  });
}

function dotRow(weights: Float64Array, row: number, x: ArrayLike<number>, dimension: number): number {
  let total = 0;
  for (let k = 0; k < dimension; k++) total += weights[row * dimension + k]! * x[k]!;
  return total;
}

interface Shape {
  mode: Probe['mode'];
  outputs: number;
  dimension: number;
  c: number;
}

function probeObjective(
  theta: Float64Array,
  gradient: Float64Array,
  features: readonly ArrayLike<number>[],
  labels: readonly number[],
  { mode, outputs, dimension, c }: Shape,
): number {
  const biasAt = outputs * dimension;
  let value = 0;
  for (let k = 0; k < biasAt; k++) {
    gradient[k] = theta[k]!;
    value += 0.5 * theta[k]! * theta[k]!;
  }
  gradient.fill(0, biasAt);
  const errors = new Float64Array(outputs);
  features.forEach((x, i) => {
    for (let o = 0; o < outputs; o++) errors[o] = theta[biasAt + o]! + dotRow(theta, o, x, dimension);
    value += c * (mode === 'binary' ? sigmoidLoss(errors, labels[i]!) : softmaxLoss(errors, labels[i]!));
    for (let o = 0; o < outputs; o++) {
      const error = c * errors[o]!;
      gradient[biasAt + o]! += error;
      for (let k = 0; k < dimension; k++) gradient[o * dimension + k]! += error * x[k]!;
    }
  });
  return value;
}

/** Loss of one example; overwrites the scores with d loss / d score. */
function softmaxLoss(scores: Float64Array, label: number): number {
  const top = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const labelScore = scores[label]!;
  let total = 0;
  for (let o = 0; o < scores.length; o++) {
    scores[o] = Math.exp(scores[o]! - top);
    total += scores[o]!;
  }
  for (let o = 0; o < scores.length; o++) scores[o] = scores[o]! / total - (o === label ? 1 : 0);
  return Math.log(total) + top - labelScore;
}

function sigmoidLoss(scores: Float64Array, label: number): number {
  const score = scores[0]!;
  const signed = label === 1 ? score : -score;
  scores[0] = 1 / (1 + Math.exp(-score)) - label;
  return signed > 0 ? Math.log1p(Math.exp(-signed)) : -signed + Math.log1p(Math.exp(signed));
}

type Objective = (theta: Float64Array, gradient: Float64Array) => number;

/** Limited-memory BFGS with Armijo backtracking (Nocedal & Wright, algorithm 7.5) and a history of ten pairs. */
function lbfgs(objective: Objective, size: number, maxIterations: number, tolerance: number) {
  let theta: Float64Array = new Float64Array(size);
  let gradient: Float64Array = new Float64Array(size);
  let value = objective(theta, gradient);
  const memory: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  let iterations = 0;
  for (; iterations < maxIterations && gradient.some((g) => Math.abs(g) > tolerance); iterations++) {
    let direction = descentDirection(gradient, memory);
    let slope = dot(direction, gradient);
    if (slope >= 0) {
      memory.length = 0;
      direction = gradient.map((g) => -g);
      slope = dot(direction, gradient);
    }
    let step = memory.length ? 1 : Math.min(1, 1 / Math.sqrt(-slope));
    let next: Float64Array;
    const nextGradient = new Float64Array(size);
    let nextValue: number;
    for (;;) {
      next = theta.map((t, k) => t + step * direction[k]!);
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + 1e-4 * step * slope || step < 1e-16) break;
      step /= 2;
    }
    const s = next.map((t, k) => t - theta[k]!);
    const y = nextGradient.map((g, k) => g - gradient[k]!);
    const sy = dot(s, y);
    if (sy > 1e-14) memory.push({ s, y, rho: 1 / sy });
    if (memory.length > 10) memory.shift();
    const stalled = step < 1e-16;
    [theta, gradient, value] = [next, nextGradient, nextValue];
    if (stalled) break;
  }
  return { theta, value, iterations };
}

function descentDirection(
  gradient: Float64Array,
  memory: { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = gradient.slice();
  const alphas: number[] = [];
  for (const { s, y, rho } of [...memory].reverse()) {
    const alpha = rho * dot(s, q);
    alphas.push(alpha);
    for (let k = 0; k < q.length; k++) q[k]! -= alpha * y[k]!;
  }
  const last = memory.at(-1);
  const scale = last ? dot(last.s, last.y) / dot(last.y, last.y) : 1;
  for (let k = 0; k < q.length; k++) q[k]! *= scale;
  for (const { s, y, rho } of memory) {
    const beta = rho * dot(y, q);
    const alpha = alphas.pop()!;
    for (let k = 0; k < q.length; k++) q[k]! += (alpha - beta) * s[k]!;
  }
  return q.map((v) => -v);
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let k = 0; k < a.length; k++) total += a[k]! * b[k]!;
  return total;
}
