// Small matrices against what defines them: A v = l v; Q orthogonal and the nearest.
import { describe, expect, it } from 'vitest';
import { alignOnto } from '../../../src/app/plots/map/projection.ts';
import {
  identity,
  nearestOrthogonal,
  orthonormalise,
  symmetricEigen,
} from '../../../src/app/plots/map/smallMatrix.ts';
import { Random } from '../../../src/util/random.ts';

const SIZE = 5;
const at = (m: ArrayLike<number>, r: number, c: number): number => m[r * SIZE + c]!;

describe('symmetricEigen', () => {
  it('gives vectors that the matrix only stretches, the longest first', () => {
    const random = Random.seeded(2);
    const a = new Float64Array(SIZE * SIZE);
    for (let r = 0; r < SIZE; r++)
      for (let c = 0; c <= r; c++) a[r * SIZE + c] = a[c * SIZE + r] = random.normal();
    const { values, vectors } = symmetricEigen(a, SIZE);
    for (let e = 0; e < SIZE; e++) {
      if (e > 0) expect(values[e]!).toBeLessThanOrEqual(values[e - 1]!);
      for (let r = 0; r < SIZE; r++) {
        let product = 0;
        for (let c = 0; c < SIZE; c++) product += at(a, r, c) * at(vectors, e, c);
        expect(product).toBeCloseTo(values[e]! * at(vectors, e, r), 10);
      }
    }
  });
});

describe('nearestOrthogonal', () => {
  it('takes the stretch out of a stretched rotation, and knows a mirror', () => {
    const turn = [Math.cos(0.7), -Math.sin(0.7), Math.sin(0.7), Math.cos(0.7)];
    const stretched = [3 * turn[0]!, turn[1]! / 2, 3 * turn[2]!, turn[3]! / 2];
    const { q, smallest } = nearestOrthogonal(stretched, 2);
    q.forEach((value, i) => expect(value).toBeCloseTo(turn[i]!, 10));
    expect(smallest).toBeCloseTo(0.5, 10);
    expect([...nearestOrthogonal([0, 2, 2, 0], 2).q].map((v) => Math.round(v))).toEqual([0, 1, 1, 0]);
  });

  it('leaves alone what is not determined', () => {
    expect(nearestOrthogonal(new Float64Array(9), 3).q).toEqual(identity(3));
    const { q } = nearestOrthogonal([0, 0, 0, 0, 4, 0, 0, 0, 0], 3);
    expect(q.every(Number.isFinite)).toBe(true);
    expect(q[4]).toBeCloseTo(1, 10);
  });
});

describe('alignOnto', () => {
  it('turns a turned picture back, and changes no distance', () => {
    const random = Random.seeded(4);
    const reference = Float64Array.from({ length: 40 }, () => random.normal());
    const turned = reference.slice();
    for (let i = 0; i < 40; i += 2) {
      const [x, y] = [reference[i]!, reference[i + 1]!];
      turned[i] = -(0.6 * x - 0.8 * y); // a turn and a mirror
      turned[i + 1] = 0.8 * x + 0.6 * y;
    }
    alignOnto(turned, reference, 2);
    turned.forEach((value, i) => expect(value).toBeCloseTo(reference[i]!, 10));
  });
});

describe('orthonormalise', () => {
  it('replaces rows that are lost', () => {
    const rows = Float64Array.from([1, 1, 0, 2, 2, 0, 0, 0, 0]);
    orthonormalise(rows, 3, 3);
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) {
        const dot = [0, 1, 2].reduce((sum, k) => sum + rows[a * 3 + k]! * rows[b * 3 + k]!, 0);
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 12);
      }
  });
});
