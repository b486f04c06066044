// Trajectories of different settings can only be laid over each other when all of them hold the same sentences back,
// and a run must always have something to train on and something to measure.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitHeldOut } from '../../src/data/split.ts';

fc.configureGlobal({ seed: 25, numRuns: 300 });

const sentences = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ anchor: `Sentence number ${i}.` }));
const anchors = (examples: { anchor: string }[]) => examples.map(({ anchor }) => anchor);

describe('splitHeldOut', () => {
  it('puts every example on one side, in order, whatever is asked', () => {
    const examples = fc.array(
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g').map((anchor) => ({ anchor })),
    );
    const share = fc.double({ min: 0.01, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(examples, share, fc.nat(1000), fc.nat(4), (all, part, seed, minimum) => {
        const { train, heldOut } = splitHeldOut(all, part, seed, minimum);
        const held = new Set(anchors(heldOut));
        expect(heldOut).toEqual(all.filter(({ anchor }) => held.has(anchor)));
        expect(train).toEqual(all.filter(({ anchor }) => !held.has(anchor)));
      }),
    );
  });

  it('leaves at least one example to train on, and holds out the minimum where it can', () => {
    for (let seed = 0; seed < 200; seed++) {
      for (const count of [1, 2, 3, 4, 8]) {
        const { train, heldOut } = splitHeldOut(sentences(count), 0.5, seed);
        expect(train.length).toBeGreaterThan(0);
        expect(heldOut.length).toBeGreaterThanOrEqual(Math.min(2, count - 1));
      }
      expect(splitHeldOut(sentences(50), 0.01, seed, 5).heldOut.length).toBeGreaterThanOrEqual(5);
    }
    const same = Array.from({ length: 5 }, () => ({ anchor: 'the same' }));
    expect(splitHeldOut(same, 0.5, 1)).toEqual({ train: same, heldOut: [] });
    expect(splitHeldOut([], 0.1, 1)).toEqual({ train: [], heldOut: [] });
  });

  it('holds out about the share it is asked for', () => {
    for (const share of [0.01, 0.1, 0.3]) {
      const count = splitHeldOut(sentences(20_000), share, 42).heldOut.length;
      const deviation = Math.sqrt(20_000 * share * (1 - share));
      expect(Math.abs(count - 20_000 * share)).toBeLessThan(4 * deviation);
    }
  });

  it('holds out the same sentences whatever else is in the data, in whatever order and role', () => {
    const all = sentences(2000);
    const held = new Set(anchors(splitHeldOut(all, 0.1, 42).heldOut));
    const other = [
      { anchor: 'Another sentence.', generated: true },
      ...all
        .filter((_, i) => i % 3)
        .toReversed()
        .map((example) => ({ ...example, generated: true })),
    ];
    const again = anchors(splitHeldOut(other, 0.1, 42).heldOut);
    expect(again.filter((anchor) => anchor !== 'Another sentence.')).toEqual(
      anchors(other).filter((anchor) => held.has(anchor)),
    );
  });

  it('holds out more of the same with a larger share, and others with another seed', () => {
    const held = (share: number, seed: number) => anchors(splitHeldOut(sentences(2000), share, seed).heldOut);
    const larger = new Set(held(0.2, 42));
    expect(held(0.1, 42).every((anchor) => larger.has(anchor))).toBe(true);
    const common = held(0.1, 43).filter((anchor) => held(0.1, 42).includes(anchor));
    expect(common.length).toBeLessThan(50);
  });

  it('keeps all groups of one anchor together', () => {
    const groups = sentences(300).flatMap((example) => [example, { ...example }]);
    const { train, heldOut } = splitHeldOut(groups, 0.1, 42);
    const trained = new Set(anchors(train));
    expect(heldOut.length).toBeGreaterThan(0);
    expect(anchors(heldOut).filter((anchor) => trained.has(anchor))).toEqual([]);
  });
});
