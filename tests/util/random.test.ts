// Everything that is repeatable rests on this generator: the same seed must give the same run on every machine, a
// fork must not see its siblings, and a restored state must go on as if nothing had happened.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forkKey, Random, seedKey, threefry2x32, type RandomState } from '../../src/util/random.ts';
import { mean } from '../../src/util/statistics.ts';

fc.configureGlobal({ seed: 1, numRuns: 100 });

const seeds = fc.integer({ min: 0, max: 2 ** 48 });
const draws = (random: Random, count: number) => Array.from({ length: count }, () => random.bits());

/** Pearson correlation of two streams of uniform numbers. */
function correlation(a: Random, b: Random, count: number): number {
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [x, y] = [a.uniform() - 0.5, b.uniform() - 0.5];
    xy += x * y;
    xx += x * x;
    yy += y * y;
  }
  return xy / Math.sqrt(xx * yy);
}

describe('threefry2x32', () => {
  // Known answers of the authors' library (Random123 1.14, kat_vectors, "threefry2x32 20").
  it.each([
    { key: [0, 0], counter: [0, 0], out: [0x6b200159, 0x99ba4efe] },
    {
      key: [0xffffffff, 0xffffffff],
      counter: [0xffffffff, 0xffffffff],
      out: [0x1cb996fc, 0xbb002be7],
    },
    {
      key: [0x13198a2e, 0x03707344],
      counter: [0x243f6a88, 0x85a308d3],
      out: [0xc4923a9c, 0x483df7a0],
    },
  ] as const)('gives $out for key $key', ({ key, counter, out }) => {
    expect(threefry2x32(key, counter)).toEqual(out);
  });
});

describe('keys', () => {
  it('are unsigned words, one for every seed', () => {
    const given = [0, 1, 42, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 42, 2 ** 48, -1, -42];
    const keys = given.map(seedKey);
    expect(new Set(keys.map(String)).size).toBe(given.length);
    for (const word of keys.flat()) expect(word).toBe(word >>> 0);
  });

  it('of forks differ by label, by number and by parent', () => {
    const labels = Array.from({ length: 5000 }, (_, i) => `step ${i}/sentence ${i % 7}`);
    const keys = [
      ...labels.map((label) => forkKey([1, 2], label)),
      ...labels.map((_, i) => forkKey([1, 2], i)),
      ...labels.map((label) => forkKey([2, 1], label)),
    ];
    expect(new Set(keys.map(String)).size).toBe(3 * labels.length);
  });
});

describe('Random', () => {
  it('never changes: old runs must be repeatable', () => {
    expect(draws(Random.seeded(42), 3)).toEqual([3732534457, 646961260, 2234760234]);
    expect(Random.seeded(42).fork('order').bits()).toBe(1754187658);
    expect(Random.seeded(42).fork(3).bits()).toBe(3841766025);
  });

  it('gives the same fork wherever the parent stands, and forking does not move the parent', () => {
    fc.assert(
      fc.property(seeds, fc.string(), fc.nat(20), (seed, label, moved) => {
        const [parent, untouched] = [Random.seeded(seed), Random.seeded(seed)];
        const early = draws(parent.fork(label), 4);
        draws(parent, moved);
        expect(draws(parent.fork(label), 4)).toEqual(early);
        draws(untouched, moved);
        expect(draws(parent, 4)).toEqual(draws(untouched, 4));
      }),
    );
  });

  it('gives forks that are independent of each other and of their parent', () => {
    const root = Random.seeded(7);
    const [split, order] = [root.fork('split'), root.fork('order')];
    const count = 20_000;
    // The standard error of a correlation of independent streams is 1 / sqrt(count) = 0.007.
    expect(Math.abs(correlation(split, order, count))).toBeLessThan(0.03);
    expect(Math.abs(correlation(root, root.fork('split'), count))).toBeLessThan(0.03);
    expect(Math.abs(correlation(Random.seeded(7), Random.seeded(8), count))).toBeLessThan(0.03);
  });

  it('goes on exactly after its state went through JSON', () => {
    fc.assert(
      fc.property(seeds, fc.nat(50), (seed, moved) => {
        const random = Random.seeded(seed).fork('order');
        draws(random, moved);
        const saved = JSON.parse(JSON.stringify(random.state())) as RandomState;
        const expected = [random.normal(), random.uniform(), random.bits()];
        const restored = Random.restored(saved);
        expect([restored.normal(), restored.uniform(), restored.bits()]).toEqual(expected);
      }),
    );
  });

  it('goes on beyond 2^32 draws', () => {
    const random = Random.restored({ key: [1, 2], counter: 2 ** 32 - 1 });
    expect(draws(random, 2)).toEqual([
      threefry2x32([1, 2], [0xffffffff, 0])[0],
      threefry2x32([1, 2], [0, 1])[0],
    ]);
  });

  it('draws integers below the bound, all of them about equally often', () => {
    const random = Random.seeded(3);
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 60_000; i++) counts[random.integer(6)]!++;
    // Standard deviation of a count: sqrt(60000 x 1/6 x 5/6) = 91.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it('draws normal numbers with the moments of the normal distribution', () => {
    const random = Random.seeded(11);
    const values = Array.from({ length: 40_000 }, () => random.normal());
    const moment = (power: number) => mean(values.map((value) => value ** power));
    // Standard errors: 0.005, 0.007, 0.019 and 0.049.
    expect(Math.abs(moment(1))).toBeLessThan(0.025);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.035);
    expect(Math.abs(moment(3))).toBeLessThan(0.1);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.25);
    expect(values.every(Number.isFinite)).toBe(true);
  });
});

describe('shuffled', () => {
  it('is a permutation, and leaves its input alone', () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.integer()), (seed, items) => {
        const before = items.slice();
        const shuffled = Random.seeded(seed).shuffled(items);
        expect(items).toEqual(before);
        expect(shuffled.toSorted((a, b) => a - b)).toEqual(items.toSorted((a, b) => a - b));
      }),
    );
  });

  it('gives every order about equally often', () => {
    const random = Random.seeded(5);
    const seen = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const order = random.shuffled(['a', 'b', 'c']).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const count of seen.values()) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});
