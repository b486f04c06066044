// The map's projection against data whose principal components are known on paper, and its calm under training.
import { describe, expect, it } from 'vitest';
import { Projection } from '../../../src/app/plots/map/projection.ts';
import { orthonormalise } from '../../../src/app/plots/map/smallMatrix.ts';
import { normalised, type Matrix } from '../../../src/metrics/vectors.ts';
import { Random } from '../../../src/util/random.ts';

/** Column k of the DCT-II of this size: orthonormal, and of mean zero for k > 0. */
const wave = (size: number, k: number): number[] =>
  Array.from(
    { length: size },
    (_, i) => Math.sqrt(2 / size) * Math.cos((Math.PI * (2 * i + 1) * k) / (2 * size)),
  );

/** X = sum_k s_k u_k v_k^T with known orthonormal u and v: its principal variances are s_k^2. */
function known(singular: readonly number[], rows: number, dimension: number, order = singular): Matrix {
  const data = new Float64Array(rows * dimension);
  order.forEach((s, k) => {
    const [u, v] = [wave(rows, k + 1), wave(dimension, k + 1)];
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < dimension; j++) data[i * dimension + j]! += s * u[i]! * v[j]!;
  });
  return { data, rows, dimension };
}

function cloud(seed: number, rows: number, dimension: number): Matrix {
  const random = Random.seeded(seed);
  return {
    data: Float64Array.from({ length: rows * dimension }, (_, i) => random.normal() / (1 + (i % dimension))),
    rows,
    dimension,
  };
}

function rotated(matrix: Matrix, seed: number): Matrix {
  const { rows, dimension } = matrix;
  const random = Random.seeded(seed);
  const q = Float64Array.from({ length: dimension ** 2 }, () => random.normal());
  orthonormalise(q, dimension, dimension);
  const data = new Float64Array(rows * dimension);
  for (let i = 0; i < rows; i++)
    for (let r = 0; r < dimension; r++)
      for (let j = 0; j < dimension; j++)
        data[i * dimension + r]! += q[r * dimension + j]! * matrix.data[i * dimension + j]!;
  return { data, rows, dimension };
}

function settle(projection: Projection, matrix: Matrix) {
  let placement = projection.follow(matrix);
  for (let i = 0; i < 300 && !projection.converged; i++) placement = projection.refine();
  expect(projection.converged).toBe(true);
  return placement;
}

const furthest = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe('Projection', () => {
  it('finds variances and places that are known by construction', () => {
    const { coordinates, share } = settle(new Projection(2, true), known([5, 3, 2, 1, 0.5], 40, 16));
    expect(share).toBeCloseTo((25 + 9) / (25 + 9 + 4 + 1 + 0.25), 8);
    const [u1, u2] = [wave(40, 1), wave(40, 2)];
    for (let i = 0; i < 40; i++) {
      expect(Math.abs(coordinates[2 * i]!)).toBeCloseTo(Math.abs(5 * u1[i]!), 4);
      expect(Math.abs(coordinates[2 * i + 1]!)).toBeCloseTo(Math.abs(3 * u2[i]!), 4);
    }
  });

  it('does not centre when asked for the axes through the origin', () => {
    const cone = cloud(3, 50, 12);
    for (let i = 0; i < 50; i++) cone.data[i * 12 + 11]! += 10;
    const { coordinates } = settle(new Projection(3, false), normalised(cone));
    // Nearly all of the length is the common direction, which is the first axis.
    for (let i = 0; i < 50; i++) expect(Math.abs(coordinates[3 * i]!)).toBeGreaterThan(0.9);
  });

  it.each([
    ['at once', Math.PI, 1e-4],
    // On its way through pictures that are neither the one nor the other, the picture may turn by half a degree.
    ['turning there slowly', 0.25, 0.03],
  ])('puts a rotated (or mirrored) copy of the embeddings on the same places, %s', (_, turn, off) => {
    const data = cloud(1, 60, 10);
    const projection = new Projection(2, true, turn);
    const before = settle(projection, data).coordinates.slice();
    expect(furthest(before, new Float64Array(before.length))).toBeGreaterThan(2);
    const after = settle(projection, rotated(data, 9)).coordinates;
    expect(furthest(before, after)).toBeLessThan(off);
  });

  it('moves little while the embeddings move little, even when two components change places', () => {
    const projection = new Projection(2, true);
    const at = (t: number): Matrix => known([5, 3 - t, 2 + t], 40, 16); // the third variance overtakes the second
    let last = settle(projection, at(0)).coordinates.slice();
    let largest = 0;
    for (let t = 0.02; t <= 1.5; t += 0.02) {
      const { coordinates } = projection.follow(at(t));
      largest = Math.max(largest, furthest(last, coordinates));
      last = coordinates.slice();
    }
    // A point lies up to 1.1 from the middle; a jump of the plane would move some by about that.
    expect(largest).toBeLessThan(0.25);
    // And at the end it shows the plane that then holds most.
    const end = settle(projection, at(1.5));
    expect(end.share).toBeCloseTo((25 + 12.25) / (25 + 12.25 + 2.25), 6);
  });

  it('keeps the places of the old points when points are added', () => {
    const data = cloud(5, 60, 10);
    const projection = new Projection(2, true);
    const before = settle(projection, data).coordinates.slice();
    const more: Matrix = { data: new Float64Array(62 * 10), rows: 62, dimension: 10 };
    more.data.set(data.data);
    more.data.set(data.data.subarray(0, 20), 600);
    const after = settle(projection, more).coordinates;
    expect(after).toHaveLength(124);
    expect(furthest(before, after.slice(0, 120))).toBeLessThan(0.15);
    expect(after.slice(120)).toEqual(after.slice(0, 4));
  });

  it.each([
    ['no spread at all', { data: new Float64Array(5 * 8).fill(0.3), rows: 5, dimension: 8 }],
    ['zeros', { data: new Float64Array(5 * 8), rows: 5, dimension: 8 }],
    ['one point', cloud(1, 1, 8)],
    ['two points', cloud(1, 2, 8)],
    ['two dimensions', cloud(1, 6, 2)],
    ['one dimension', cloud(1, 6, 1)],
  ])('gives finite places for %s', (_, matrix) => {
    for (const [components, centred] of [
      [2, true],
      [3, false],
    ] as const) {
      const projection = new Projection(components, centred);
      projection.follow(matrix);
      const { coordinates, share } = projection.refine();
      expect(coordinates).toHaveLength(matrix.rows * components);
      expect(coordinates.every(Number.isFinite)).toBe(true);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1 + 1e-9);
    }
  });
});
