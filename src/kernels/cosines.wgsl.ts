// What the losses' kernels share on cosines; lengths below 1e-8 count as 1e-8 (losses/infoNCE.ts).

/** Of a vector that is not clamped. */
export const MIN_SQUARED_NORM = 1e-16;
/** Inverse lengths from here on belong to vectors that count as longer than they are. */
export const CLAMPED_INVERSE = 0.99e8;
