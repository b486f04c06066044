// Every metric begins with unit rows: zero rows must not become NaN, and large or tiny ones not lose their direction.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  matrixFrom,
  matrixFromRows,
  normalised,
  rowCosines,
  squaredDistance,
  takeRows,
} from '../../src/metrics/vectors.ts';

fc.configureGlobal({ seed: 31, numRuns: 200 });

describe('matrices', () => {
  it('are made from rows, from flat numbers, and from nothing', () => {
    const rows = matrixFromRows([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(rows).toEqual(matrixFrom(Float32Array.of(1, 2, 3, 4, 5, 6), 3, 2));
    expect(matrixFromRows([])).toEqual({ data: new Float64Array(), rows: 0, dimension: 0 });
  });

  it('give up rows in any order, more than once too', () => {
    const matrix = matrixFromRows([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(takeRows(matrix, [2, 0, 2])).toEqual(
      matrixFromRows([
        [5, 6],
        [1, 2],
        [5, 6],
      ]),
    );
    expect(takeRows(matrix, [])).toEqual({ data: new Float64Array(), rows: 0, dimension: 2 });
  });
});

describe('normalised', () => {
  it('makes rows of length 1, and leaves zero rows and its input alone', () => {
    const matrix = matrixFromRows([
      [0, 4],
      [0, 0],
      [1e-20, 0],
      [-1e20, 0],
    ]);
    const before = matrix.data.slice();
    expect([...normalised(matrix).data]).toEqual([0, 1, 0, 0, 1, 0, -1, 0]);
    expect(matrix.data).toEqual(before);
  });
});

describe('rowCosines', () => {
  it('are 0 with a zero row', () => {
    const a = matrixFromRows([
      [1, 0],
      [0, 0],
      [2, 0],
    ]);
    const b = matrixFromRows([
      [0, 0],
      [0, 0],
      [-3, 0],
    ]);
    expect(rowCosines(a, b)).toEqual([0, 0, -1]);
  });

  it('say the same as distances on the unit sphere: |x - y|^2 = 2 - 2 cos', () => {
    const row = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 });
    const nonZero = row.filter((values) => Math.hypot(...values) > 1e-3);
    fc.assert(
      fc.property(nonZero, nonZero, (x, y) => {
        const [a, b] = [matrixFromRows([x]), matrixFromRows([y])];
        const distance = squaredDistance(normalised(a), 0, normalised(b), 0);
        expect(distance).toBeCloseTo(2 - 2 * rowCosines(a, b)[0]!, 10);
      }),
    );
  });
});
