// Constants shared by the losses' kernels for cosines; lengths below 1e-8 count as 1e-8 (losses/infoNCE.ts).

/** The smallest squared length of a vector that is not clamped. */
export const MIN_SQUARED_NORM = 1e-16;
/** Inverse lengths from this value on belong to clamped vectors, which count as longer than they are. */
export const CLAMPED_INVERSE = 0.99e8;
