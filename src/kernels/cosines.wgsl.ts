// WGSL text shared by the losses' kernels for cosines. Lengths below 1e-8 count as 1e-8 (losses/infoNCE.ts).
import { inner } from './wgsl.ts';

/** The smallest squared length of a vector that is not clamped. */
const MIN_SQUARED_NORM = 1e-16;
/** Inverse lengths from this value on belong to clamped vectors, which count as longer than they are. */
const CLAMPED_INVERSE = 0.99e8;

/** Declares `product`, the inner product of the vectors of x that begin at `a` and at `c`, and `square`, the latter's squared length. */
export function productAndSquare(type: string): string {
  return `var product = 0.0;
      var square = 0.0;
      for (var u = 0u; u < width; u++) {
        let y = x[c + u];
        product += ${inner(type, 'x[a + u]', 'y')};
        square += ${inner(type, 'y', 'y')};
      }`;
}

/** The inverse of the length, from the squared length. */
export function inverseLength(square: string): string {
  return `inverseSqrt(max(${square}, ${MIN_SQUARED_NORM}))`;
}

/** inverseSquaredNorm(inverse): 1 / length^2, or 0 where the length was clamped and does not depend on the vector. */
export const INVERSE_SQUARED_NORM = `fn inverseSquaredNorm(inverse : f32) -> f32 {
    return select(inverse * inverse, 0.0, inverse > ${CLAMPED_INVERSE});
  }`;
