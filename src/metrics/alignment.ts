// Alignment (Wang & Isola 2020): how close the two embeddings of a positive pair are. Lower is closer.
//
//   alignment = mean_i || f(x_i) - f(y_i) ||^2        f on the unit sphere, alpha = 2; range 0 to 4
import { normalised, squaredDistance, type Matrix } from './vectors.ts';

/** @param x, y embeddings [pairs, d]; row i of x and row i of y are a positive pair. Returns NaN without pairs. */
export function alignment(x: Matrix, y: Matrix): number {
  const [a, b] = [normalised(x), normalised(y)];
  let total = 0;
  for (let i = 0; i < a.rows; i++) total += squaredDistance(a, i, b, i);
  return total / a.rows;
}
