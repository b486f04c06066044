// Padding is where a row of ids becomes part of a tensor: one wrong length and the encoder attends to nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { padRows, tokenCount } from '../../src/tokenizer/pad.ts';
import { pocket } from './models.ts';

fc.configureGlobal({ seed: 5, numRuns: 100 });

describe('padRows', () => {
  it('fills up to the longest row, and no further', () => {
    const batch = padRows([[1, 2, 3], [4], [5, 6]], 9);
    expect(batch).toEqual({
      ids: Int32Array.of(1, 2, 3, 4, 9, 9, 5, 6, 9),
      lengths: Int32Array.of(3, 1, 2),
      rows: 3,
      length: 3,
    });
    expect(tokenCount(batch)).toBe(6);
  });

  it('gives a batch of no rows, and of empty rows, a length that tensors can have', () => {
    expect(padRows([], 0)).toEqual({ ids: new Int32Array(), lengths: new Int32Array(), rows: 0, length: 1 });
    expect(padRows([[]], 7)).toMatchObject({ ids: Int32Array.of(7), lengths: Int32Array.of(0), length: 1 });
  });

  it('keeps every row, whatever their lengths', () => {
    const ids = fc.array(fc.nat(30_000), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(ids, { maxLength: 8 }), fc.nat(10), (rows, padId) => {
        const batch = padRows(rows, padId);
        expect(batch.ids).toHaveLength(batch.rows * batch.length);
        expect(tokenCount(batch)).toBe(rows.flat().length);
        rows.forEach((row, r) => {
          const padded = [...batch.ids.subarray(r * batch.length, (r + 1) * batch.length)];
          expect(padded.slice(0, batch.lengths[r])).toEqual(row);
          expect(padded.slice(batch.lengths[r]).every((id) => id === padId)).toBe(true);
        });
      }),
    );
  });

  it('uses the padding of the model', () => {
    expect([
      ...pocket.pad([
        [2, 3],
        [2, 20, 3],
      ]).ids,
    ]).toEqual([2, 3, 0, 2, 20, 3]);
  });
});
