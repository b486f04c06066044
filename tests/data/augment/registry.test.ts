// A plain sentence's second view must be what its setting is called after, and repeatable.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUGMENTATIONS } from '../../../src/data/augment/registry.ts';
import { Random } from '../../../src/util/random.ts';

fc.configureGlobal({ seed: 24, numRuns: 100 });

const names = Object.keys(AUGMENTATIONS) as (keyof typeof AUGMENTATIONS)[];
const options = { cutoffRate: 0.2 };
const sorted = (ids: readonly number[]) => ids.toSorted((a, b) => a - b);

describe.each(names)('%s', (name) => {
  it('depends on the stream alone, and leaves its input alone', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), fc.nat(), (ids, seed) => {
        const before = ids.slice();
        const view = () => AUGMENTATIONS[name](ids, Random.seeded(seed), options);
        const first = view();
        expect(view()).toEqual(first);
        first.push(-1);
        expect(ids).toEqual(before);
      }),
    );
  });
});

describe('the second view', () => {
  const ids = Array.from({ length: 30 }, (_, i) => i);

  it('is the sentence itself for dropout', () => {
    expect(AUGMENTATIONS.dropout(ids, Random.seeded(1), options)).toEqual(ids);
  });

  it('is shorter for token cutoff', () => {
    expect(AUGMENTATIONS.token_cutoff(ids, Random.seeded(1), options)).toHaveLength(24);
  });

  it('has the same tokens in another order for token shuffle', () => {
    const shuffled = AUGMENTATIONS.token_shuffle(ids, Random.seeded(1), options);
    expect(shuffled).not.toEqual(ids);
    expect(sorted(shuffled)).toEqual(ids);
  });
});
