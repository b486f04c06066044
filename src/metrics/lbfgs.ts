// Minimises a smooth convex function: limited-memory BFGS with a line search, and optionally with an approximate
// inverse Hessian to begin from.

/** Returns the value at `theta` and writes the gradient there into `gradient`. */
export type Objective = (theta: Float64Array, gradient: Float64Array) => number;

export interface MinimiserOptions {
  start: Float64Array;
  /** Stop when the largest gradient entry is at most this. */
  tolerance: number;
  maxIterations: number;
  /** Multiplies a vector by an approximation of the inverse Hessian, in place. */
  precondition?: ((vector: Float64Array) => void) | undefined;
}

export interface Minimum {
  theta: Float64Array;
  value: number;
  iterations: number;
  /** Whether the tolerance was reached. */
  converged: boolean;
}

/** The last steps and the changes of the gradient over them. */
interface Pair {
  s: Float64Array;
  y: Float64Array;
  rho: number;
}

const HISTORY = 10;
const SUFFICIENT_DECREASE = 1e-4;
/** Two values this close, relatively, may differ by rounding alone. */
const ROUNDING = 1e-12;

/** Nocedal & Wright, "Numerical Optimization", algorithm 7.5, with a history of ten pairs. */
export function minimise(objective: Objective, options: MinimiserOptions): Minimum {
  const { start, tolerance, maxIterations, precondition } = options;
  let theta = start.slice();
  let gradient: Float64Array = new Float64Array(theta.length);
  let value = objective(theta, gradient);
  const pairs: Pair[] = [];
  let iterations = 0;
  while (iterations < maxIterations && largest(gradient) > tolerance) {
    iterations++;
    const direction = descentDirection(gradient, pairs, precondition);
    const slope = dot(direction, gradient);
    const firstStep = pairs.length > 0 || precondition ? 1 : Math.min(1, 1 / Math.sqrt(-slope));
    const next = lineSearch(objective, { theta, value, direction, slope, firstStep });
    if (!next) break;
    const s = difference(next.theta, theta);
    const y = difference(next.gradient, gradient);
    const sy = dot(s, y);
    if (sy > 0) pairs.push({ s, y, rho: 1 / sy });
    if (pairs.length > HISTORY) pairs.shift();
    ({ theta, gradient, value } = next);
  }
  return { theta, value, iterations, converged: largest(gradient) <= tolerance };
}

interface Line {
  theta: Float64Array;
  value: number;
  direction: Float64Array;
  /** Directional derivative at theta. */
  slope: number;
  firstStep: number;
}

/**
 * Halves the step until the value decreases enough. Near the minimum the decrease drowns in rounding; then the
 * derivative along the line decides (the "approximate Wolfe" condition of Hager & Zhang 2005).
 */
function lineSearch(objective: Objective, { theta, value, direction, slope, firstStep }: Line) {
  const gradient = new Float64Array(theta.length);
  for (let step = firstStep; step > 1e-16; step /= 2) {
    const moved = theta.map((t, k) => t + step * direction[k]!);
    const there = objective(moved, gradient);
    const decreased = there <= value + SUFFICIENT_DECREASE * step * slope;
    const flat =
      there <= value + ROUNDING * Math.abs(value) &&
      dot(direction, gradient) <= (2 * SUFFICIENT_DECREASE - 1) * slope;
    if (decreased || flat) return { theta: moved, gradient, value: there };
  }
  return undefined;
}

function descentDirection(
  gradient: Float64Array,
  pairs: readonly Pair[],
  precondition: MinimiserOptions['precondition'],
): Float64Array {
  const q = gradient.slice();
  const alphas: number[] = [];
  for (const { s, y, rho } of [...pairs].reverse()) {
    const alpha = rho * dot(s, q);
    alphas.push(alpha);
    for (let k = 0; k < q.length; k++) q[k]! -= alpha * y[k]!;
  }
  if (precondition) precondition(q);
  else {
    const last = pairs.at(-1);
    const scale = last ? dot(last.s, last.y) / dot(last.y, last.y) : 1;
    for (let k = 0; k < q.length; k++) q[k]! *= scale;
  }
  for (const { s, y, rho } of pairs) {
    const beta = rho * dot(y, q);
    const alpha = alphas.pop()!;
    for (let k = 0; k < q.length; k++) q[k]! += (alpha - beta) * s[k]!;
  }
  for (let k = 0; k < q.length; k++) q[k] = -q[k]!;
  return q;
}

function largest(vector: Float64Array): number {
  let most = 0;
  for (const value of vector) most = Math.max(most, Math.abs(value));
  return most;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, k) => value - b[k]!);
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let k = 0; k < a.length; k++) total += a[k]! * b[k]!;
  return total;
}
