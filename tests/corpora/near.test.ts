// The near-duplicate search skips most comparisons; it must find exactly what comparing all with all finds.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearPairs } from './near.ts';
import { jaccard, type Sentence } from './read.ts';

fc.configureGlobal({ seed: 28, numRuns: 300 });

const sentences = fc
  .array(
    fc.record({
      tokens: fc.array(fc.constantFrom(...'a b c d e f g h i j'.split(' ')), { maxLength: 8 }),
      unit: fc.nat(12),
    }),
    {
      maxLength: 25,
    },
  )
  .map((drafts) =>
    drafts.map(({ tokens, unit }, i): Sentence => {
      return {
        text: tokens.join(' '),
        at: String(i),
        line: String(i),
        unit: String(unit),
        tokens: new Set(tokens),
      };
    }),
  );

it('finds all pairs of different units from the given similarity on, and no other', () => {
  fc.assert(
    fc.property(sentences, fc.constantFrom(0.25, 0.5, 0.6, 1), (all, least) => {
      const expected = all.flatMap((second, j) =>
        all
          .slice(0, j)
          .filter((first) => first.unit !== second.unit && jaccard(first.tokens, second.tokens) >= least)
          .map((first) => `${first.at} ${second.at}`),
      );
      const found = nearPairs(all, least).map(({ first, second }) => `${first.at} ${second.at}`);
      expect(found.sort()).toEqual(expected.sort());
    }),
  );
});
