// [MASK] pooling reads position length - 2: the template must keep [CLS] and [SEP] outside and [MASK] right there.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { promptLength, withPrompt } from '../../src/tokenizer/template.ts';

const MASK = 4;
const template = { before: [10, 11, 12], after: [13, MASK] };

describe('withPrompt', () => {
  it('puts the sentence between the two runs', () => {
    expect(withPrompt([2, 7, 8, 3], template)).toEqual([2, 10, 11, 12, 7, 8, 13, MASK, 3]);
  });

  it('works on a sentence without words', () => {
    expect(withPrompt([2, 3], template)).toEqual([2, 10, 11, 12, 13, MASK, 3]);
  });

  it('adds promptLength tokens and leaves its input alone', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100)), (words) => {
        const ids = [2, ...words, 3];
        const prompted = withPrompt(ids, template);
        expect(prompted).toHaveLength(ids.length + promptLength(template));
        expect(prompted[prompted.length - 2]).toBe(MASK);
        expect(ids).toEqual([2, ...words, 3]);
      }),
      { seed: 6 },
    );
  });
});
