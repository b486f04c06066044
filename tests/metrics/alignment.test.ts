// The smallest inputs of a page: no pair, one pair, a zero embedding. The value may be undefined, never a crash.
import { describe, expect, it } from 'vitest';
import { alignment } from '../../src/metrics/alignment.ts';
import { matrixFromRows } from '../../src/metrics/vectors.ts';

describe('alignment', () => {
  it('runs from 0 (the same direction) over 2 (a right angle) to 4 (opposite)', () => {
    const x = matrixFromRows([[1, 0]]);
    const of = (...row: number[]) => alignment(x, matrixFromRows([row]));
    expect([of(7, 0), of(0, 3), of(-0.1, 0)]).toEqual([0, 2, 4]);
  });

  it('is NaN of no pair, and 1 where one side is zero', () => {
    expect(alignment(matrixFromRows([]), matrixFromRows([]))).toBeNaN();
    expect(alignment(matrixFromRows([[1, 0]]), matrixFromRows([[0, 0]]))).toBe(1);
  });

  it('does not hide an embedding that is not a number', () => {
    expect(alignment(matrixFromRows([[1, NaN]]), matrixFromRows([[1, 0]]))).toBeNaN();
  });
});
