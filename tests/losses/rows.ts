// Tensors as lists, for the plain forms of the losses.
import type { Plain } from '../kernels/numbers.ts';

/** The vectors along the last axis. */
export function rowsOf({ shape, data }: Plain): number[][] {
  const width = shape.at(-1)!;
  return Array.from({ length: data.length / width }, (_, r) => [
    ...data.subarray(r * width, (r + 1) * width),
  ]);
}
