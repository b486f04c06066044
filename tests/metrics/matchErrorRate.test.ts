// The reference values fix the number; these fix what a rate must be for any two sentences that people type.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchErrorRate, words } from '../../src/metrics/matchErrorRate.ts';

fc.configureGlobal({ seed: 34, numRuns: 300 });

const sentence = fc
  .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 })
  .map((list) => list.join(' '));

describe('words', () => {
  it('are parted by any white space; case and punctuation count', () => {
    expect(words(' The\tcat,\n the\u00a0dog. ')).toEqual(['The', 'cat,', 'the', 'dog.']);
    expect(words(' \n')).toEqual([]);
  });
});

describe('matchErrorRate', () => {
  it('is null of two empty sentences, and 1 where only one is empty', () => {
    expect(matchErrorRate('', ' ')).toEqual({
      insertions: 0,
      deletions: 0,
      substitutions: 0,
      retained: 0,
      mer: null,
    });
    expect(matchErrorRate('', 'two words')).toMatchObject({ insertions: 2, mer: 1 });
    expect(matchErrorRate('two words', '')).toMatchObject({ deletions: 2, mer: 1 });
  });

  it('is 0 for the same words and 1 where no word is kept', () => {
    expect(matchErrorRate('a b c', 'a  b\tc').mer).toBe(0);
    expect(matchErrorRate('a b', 'c d').mer).toBe(1);
    expect(matchErrorRate('The cat', 'the cat').mer).toBe(0.5);
  });

  it('accounts for every word of both sentences, and changes sides with them', () => {
    fc.assert(
      fc.property(sentence, sentence, (a, b) => {
        const { insertions, deletions, substitutions, retained, mer } = matchErrorRate(a, b);
        expect(retained + substitutions + deletions).toBe(words(a).length);
        expect(retained + substitutions + insertions).toBe(words(b).length);
        for (const count of [insertions, deletions, substitutions, retained]) {
          expect(count).toBeGreaterThanOrEqual(0);
        }
        if (mer !== null) expect(mer >= 0 && mer <= 1).toBe(true);
        expect(matchErrorRate(b, a)).toEqual({
          insertions: deletions,
          deletions: insertions,
          substitutions,
          retained,
          mer,
        });
      }),
    );
  });
});
