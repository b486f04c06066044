// Token cutoff is defined by how many tokens it drops, and the paper's Python rounds half to even: one token more or
// less is another data set.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutoffCount, tokenCutoff } from '../../../src/data/augment/tokenCutoff.ts';
import { Random } from '../../../src/util/random.ts';

fc.configureGlobal({ seed: 23, numRuns: 200 });

describe('cutoffCount', () => {
  // Python 3: round(rate * n).
  it.each([
    [0.05, 9, 0],
    [0.05, 10, 0],
    [0.05, 11, 1],
    [0.05, 29, 1],
    [0.05, 30, 2],
    [0.05, 31, 2],
    [0.05, 50, 2],
    [0.05, 51, 3],
    [0.05, 70, 4],
    [0.05, 90, 4],
    [0.05, 110, 6],
    [0.05, 130, 6],
    [0.07, 150, 11], // 0.07 x 150 is a little over 10.5 in floating point
    [0.35, 90, 31], // 0.35 x 90 is a little under 31.5
    [0.5, 5, 2],
    [0.5, 7, 4],
    [0, 100, 0],
  ])('at rate %f drops of %i tokens %i', (rate, length, expected) => {
    expect(cutoffCount(length, rate)).toBe(expected);
  });

  it('is nothing for ten tokens or fewer at 5 %, and something for every longer sentence', () => {
    for (let n = 0; n <= 10; n++) expect(cutoffCount(n, 0.05)).toBe(0);
    for (let n = 11; n <= 512; n++) expect(cutoffCount(n, 0.05)).toBeGreaterThan(0);
  });
});

describe('tokenCutoff', () => {
  it('drops so many tokens, keeps the order of the others, and leaves its input alone', () => {
    fc.assert(
      fc.property(
        fc.nat(80),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.nat(),
        (length, rate, seed) => {
          const ids = Array.from({ length }, (_, i) => 100 + i);
          const kept = tokenCutoff(ids, rate, Random.seeded(seed));
          expect(kept).toHaveLength(length - cutoffCount(length, rate));
          expect(kept).toEqual(ids.filter((id) => kept.includes(id)));
          expect(ids).toHaveLength(length);
        },
      ),
    );
  });

  it('drops every place about equally often', () => {
    const ids = Array.from({ length: 20 }, (_, i) => i);
    const dropped = new Array<number>(20).fill(0);
    const random = Random.seeded(9);
    for (let i = 0; i < 4000; i++) {
      const kept = new Set(tokenCutoff(ids, 0.05, random));
      for (const id of ids) if (!kept.has(id)) dropped[id]!++;
    }
    for (const count of dropped) expect(Math.abs(count - 200)).toBeLessThan(70);
  });
});
