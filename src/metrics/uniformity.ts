// Uniformity (Wang & Isola 2020): how evenly embeddings are spread over the unit sphere. Lower is more even.
//
//   uniformity = log mean_{i<j} exp(-2 || f(x_i) - f(x_j) ||^2)        t = 2; over the n(n-1)/2 unordered pairs
import { normalised, squaredDistance, type Matrix } from './vectors.ts';

/** @param x embeddings [sentences, d]. Returns NaN for fewer than two sentences. */
export function uniformity(x: Matrix): number {
  const unit = normalised(x);
  let total = 0;
  for (let i = 0; i < unit.rows; i++) {
    for (let j = i + 1; j < unit.rows; j++) total += Math.exp(-2 * squaredDistance(unit, i, unit, j));
  }
  return Math.log(total / ((unit.rows * (unit.rows - 1)) / 2));
}
