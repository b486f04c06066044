// The table shows tens of thousands of rows by drawing a few: those in sight, and no other; in the order asked for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairRows } from '../../../src/app/corpus/pairRows.ts';
import {
  filterAndSort,
  twoDecimals,
  nextSorting,
  sorted,
  type RowQuery,
  type Sorting,
} from '../../../src/app/corpus/rowQuery.ts';
import { rowAfterKey, rowWindow, scrollToRow } from '../../../src/app/corpus/rowWindow.ts';
import type { Group } from '../../../src/data/group.ts';

fc.configureGlobal({ seed: 3, numRuns: 200 });

const group = (id: string, anchor: string, rest: Partial<Group> = {}): Group => ({
  id,
  anchor,
  pattern: 'nli',
  source: 'bundled',
  ...rest,
});
const GROUPS = [
  group('plain', 'A dog runs in the park.'),
  group('far', 'A dog runs.', { positive: 'Cats sleep all day.', negative: 'A dog sits.' }),
  group('near', 'A cat sleeps.', { positive: 'A cat sleeps well.' }),
  group('own-1', 'Typed first.', { positive: 'Typed first again.', source: 'typed' }),
  group('own-2', 'Typed last.', { source: 'file' }),
];
const ask = async (question: Partial<RowQuery>, signal = new AbortController().signal) => {
  const cosines: Record<string, number> = { far: 0.1, near: 0.9, plain: 0.5 };
  const cosineOf = (id: string) => (id in cosines ? { positive: cosines[id]! } : null);
  const found = await filterAndSort(
    GROUPS,
    { query: '', origin: 'all', sorting: null, ...question },
    cosineOf,
    signal,
  );
  return found?.map(({ id }) => id);
};

describe('order', () => {
  it('without a sorting: own ones, the newest first, then groups, then plain sentences', async () => {
    expect(await ask({})).toEqual(['own-2', 'own-1', 'far', 'near', 'plain']);
  });
  it('searches every sentence, in either case, and keeps to the origin', async () => {
    expect(await ask({ query: ' DOG ' })).toEqual(['far', 'plain']);
    expect(await ask({ query: 'cat' })).toEqual(['far', 'near']);
    expect(await ask({ origin: 'own' })).toEqual(['own-2', 'own-1']);
    expect(await ask({ origin: 'bundled', query: 'sleeps' })).toEqual(['near']);
  });
  it('sorts by MER and by cosine; what has none stands last either way, even where a number is known', async () => {
    const by = (key: Sorting['key'], direction: Sorting['direction']) => ask({ sorting: { key, direction } });
    expect((await by('merPositive', 'ascending'))?.slice(0, 3)).toEqual(['near', 'own-1', 'far']);
    expect((await by('merPositive', 'descending'))?.slice(0, 3)).toEqual(['far', 'own-1', 'near']);
    expect(await by('cosinePositive', 'ascending')).toEqual(['far', 'near', 'plain', 'own-1', 'own-2']);
    expect(await by('cosinePositive', 'descending')).toEqual(['near', 'far', 'plain', 'own-1', 'own-2']);
  });
  it('drops the answer to a question that was called off', async () => {
    const call = new AbortController();
    call.abort();
    expect(await ask({ query: 'dog' }, call.signal)).toBeUndefined();
  });
  it('turns from up to down to none', () => {
    const up = nextSorting(null, 'merPositive');
    const down = nextSorting(up, 'merPositive');
    expect([up?.direction, down?.direction, nextSorting(down, 'merPositive')]).toEqual([
      'ascending',
      'descending',
      null,
    ]);
    expect(nextSorting(down, 'merNegative')).toEqual({ key: 'merNegative', direction: 'ascending' });
  });
  it('equal rows keep their order', () => {
    expect(sorted(GROUPS, [1, 0, 1, 0, 1], 'descending').map(({ id }) => id)).toEqual([
      'plain',
      'near',
      'own-2',
      'far',
      'own-1',
    ]);
  });
});

describe('rows in sight', () => {
  it('are all drawn, and few others are', () => {
    fc.assert(
      fc.property(
        fc.nat(60_000),
        fc.integer({ min: 20, max: 200 }),
        fc.nat(2000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, rowHeight, height, at) => {
          const scrollTop = at * Math.max(0, rows * rowHeight - height);
          const { first, end } = rowWindow(scrollTop, height, rowHeight, rows);
          expect(first).toBeLessThanOrEqual(Math.floor(scrollTop / rowHeight));
          expect(end).toBeGreaterThanOrEqual(Math.min(rows, Math.ceil((scrollTop + height) / rowHeight)));
          expect(end).toBeLessThanOrEqual(rows);
          expect(end - first).toBeLessThanOrEqual(height / rowHeight + 15);
        },
      ),
    );
  });
  it('is nothing before the place is measured, and after a longer list was scrolled down', () => {
    expect(rowWindow(0, 500, 0, 10)).toEqual({ first: 0, end: 0 });
    expect(rowWindow(90_000, 500, 50, 3)).toEqual({ first: 3, end: 3 });
  });
  it('scrolls no further than a row needs', () => {
    expect(scrollToRow(5, 0, 500, 50)).toBe(0);
    expect(scrollToRow(10, 0, 500, 50)).toBe(50);
    expect(scrollToRow(2, 300, 500, 50)).toBe(100);
  });
  it('the keyboard stays within the table', () => {
    expect(rowAfterKey('ArrowDown', 9, 10, 4)).toBe(9);
    expect(rowAfterKey('PageUp', 2, 10, 4)).toBe(0);
    expect(rowAfterKey('End', 2, 10, 4)).toBe(9);
    expect(rowAfterKey('a', 2, 10, 4)).toBeUndefined();
    expect(rowAfterKey('toString', 2, 10, 4)).toBeUndefined();
  });
});

it('scored pairs: own ones first, each row with an id of its own', () => {
  const bundled = [{ score: 1, first: 'a', second: 'b' }];
  const own = [{ id: 'pair-1', score: 2, first: 'c', second: 'd', source: 'typed' as const }];
  expect(pairRows(bundled, own, '', 'all').map(({ id }) => id)).toEqual(['pair-1', 'dev:1']);
  expect(pairRows(bundled, own, 'B', 'all').map(({ id }) => id)).toEqual(['dev:1']);
  expect(pairRows(bundled, own, '', 'own').map(({ id }) => id)).toEqual(['pair-1']);
});

it('figures have two places and a true minus', () => {
  expect([twoDecimals(-0.104), twoDecimals(1), twoDecimals(NaN)]).toEqual(['−0.10', '1.00', '']);
});
