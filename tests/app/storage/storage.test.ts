// What the visitor typed must outlive the tab, and whatever goes wrong with storing it must be said and cost nothing.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CorpusState } from '../../../src/app/state/corpus.svelte.ts';
import { Database, storageFailureOf } from '../../../src/app/storage/database.ts';
import { parseUserData } from '../../../src/app/storage/userDataStore.ts';
import { domError, memoryStore, type MemoryStore } from './memoryStore.ts';

let store: MemoryStore;
const visit = async () => {
  const corpus = new CorpusState({ store });
  await corpus.user.restored;
  return corpus;
};

beforeEach(() => {
  store = memoryStore();
});

describe('own data between visits', () => {
  it('come back as they were: sentences, ids, order, source and the choice of the bundled corpus', async () => {
    const first = await visit();
    for (let i = 0; i < 12; i++)
      first.user.add([{ anchor: `a ${i}`, positive: `p ${i}`, negative: `n ${i}` }]);
    first.user.addPairs([{ score: 3.5, first: 'x', second: 'y', source: 'file' }]);
    first.user.remove(['own-3']);
    first.user.update('own-5', { positive: 'other' });
    first.usesBundled = false;
    await first.user.flush();

    const second = await visit();
    expect(second.user.groups).toEqual(first.user.groups); // own-10 after own-9, though keys sort otherwise
    expect(second.user.pairs).toEqual(first.user.pairs);
    expect(second.usesBundled).toBe(false);
    expect(second.user.canUndo).toBe(false);
  });

  it('never use an id twice, not even after the last one was deleted in an earlier visit', async () => {
    const first = await visit();
    first.user.add([{ anchor: 'a' }, { anchor: 'b' }]);
    first.user.remove(['own-2']);
    await first.user.flush();
    const second = await visit();
    second.user.add([{ anchor: 'c' }]);
    expect(second.user.groups.map(({ id }) => id)).toEqual(['own-1', 'own-3']);
  });

  it('survive two tabs that gave the same id: both groups are kept, under two ids', async () => {
    const [one, other] = [await visit(), await visit()];
    one.user.add([{ anchor: 'from one tab' }]);
    other.user.add([{ anchor: 'from the other' }]);
    await one.user.flush();
    await other.user.flush();
    const later = await visit();
    expect(later.user.groups.map(({ anchor }) => anchor).sort()).toEqual(['from one tab', 'from the other']);
    expect(new Set(later.user.groups.map(({ id }) => id)).size).toBe(2);
    // The new id is stored, so that it is the same one next time.
    await later.user.flush();
    expect((await visit()).user.groups).toEqual(later.user.groups);
  });

  it('join what was added before they arrived, and undoing that does not lose them', async () => {
    const first = await visit();
    first.user.add([{ anchor: 'old' }]);
    await first.user.flush();
    const second = new CorpusState({ store });
    second.user.add([{ anchor: 'new' }]); // at once, before the store has answered
    await second.user.restored;
    expect(second.user.groups.map(({ anchor }) => anchor)).toEqual(['old', 'new']);
    expect(second.user.groups.find(({ anchor }) => anchor === 'new')?.id).toBe('own-1'); // a run may know it already
    second.user.undo();
    expect(second.user.groups.map(({ anchor }) => anchor)).toEqual(['old']);
  });

  it('leave out records that are not sound, say how many, and forget them', async () => {
    const first = await visit();
    first.user.add([{ anchor: 'sound' }]);
    await first.user.flush();
    store.groups.set('z:1', { id: 'own-7', anchor: 5 });
    store.groups.set('z:2', null);
    store.pairs.set('z:3', { id: 'pair-1', score: 99, first: 'a', second: 'b', source: 'typed' });
    store.preferences = 'nonsense';
    const second = await visit();
    expect(second.user.groups.map(({ anchor }) => anchor)).toEqual(['sound']);
    expect(second.user.dropped).toBe(3);
    await second.user.flush();
    expect((await visit()).user.dropped).toBe(0);
  });
});

describe('saving', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('waits a moment, so that several changes are one writing', async () => {
    const corpus = await visit();
    corpus.user.add([{ anchor: 'a' }]);
    corpus.user.add([{ anchor: 'b' }]);
    await vi.advanceTimersByTimeAsync(199);
    expect(store.saves).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(store.saves).toBe(1);
    expect(store.groups.size).toBe(2);
  });

  it('writes only what changed', async () => {
    const corpus = await visit();
    corpus.user.add([{ anchor: 'a' }, { anchor: 'b' }]);
    await corpus.user.flush();
    const save = vi.spyOn(store, 'save');
    corpus.user.update('own-2', { anchor: 'b changed' });
    await corpus.user.flush();
    expect(save.mock.calls[0]![0].groups.map(({ value }) => value.anchor)).toEqual(['b changed']);
    await corpus.user.flush();
    expect(save).toHaveBeenCalledTimes(1);
  });
});

describe('storage that fails', () => {
  it.each([
    ['QuotaExceededError', /no room left/],
    ['VersionError', /newer version/],
    ['InvalidStateError', /private window/],
    ['UnknownError', /UnknownError happened/],
  ])('%s: says what happened and to export, and keeps everything in memory', async (name, words) => {
    const corpus = await visit();
    store.failing = domError(name);
    corpus.user.add([{ anchor: 'precious' }]);
    await corpus.user.flush();
    expect(corpus.user.storageFailure).toMatch(words);
    expect(corpus.user.storageFailure).toContain('Export your pairs now');
    expect(corpus.user.groups.map(({ anchor }) => anchor)).toEqual(['precious']);
    // Once there is room again, the next change brings the earlier one along.
    store.failing = null;
    corpus.user.add([{ anchor: 'another' }]);
    await corpus.user.flush();
    expect(corpus.user.storageFailure).toBeNull();
    expect(store.groups.size).toBe(2);
  });

  it('says so when reading fails, and goes on', async () => {
    store.failing = domError('SecurityError');
    const corpus = await visit();
    expect(corpus.user.storageFailure).toMatch(/private window/);
    expect(corpus.user.add([{ anchor: 'a' }]).added).toBe(1);
  });

  it('says so when a newer tab takes the database over', async () => {
    const corpus = await visit();
    store.onreplaced?.();
    expect(corpus.user.storageFailure).toMatch(/reload this tab/);
  });

  it('works without any store', async () => {
    const corpus = new CorpusState({ store: null });
    await corpus.user.restored;
    corpus.user.add([{ anchor: 'a' }]);
    await corpus.user.flush();
    expect(corpus.user.storageFailure).toBeNull();
    expect(corpus.user.groups).toHaveLength(1);
  });

  it('is told apart where there is no IndexedDB at all', async () => {
    const failure = await new Database('none').open().catch((error: unknown) => storageFailureOf(error));
    expect(failure).toMatchObject({ problem: 'unavailable' });
  });
});

it('parses anything without throwing', async () => {
  const odd = [undefined, null, 5, 'text', [], {}, { id: '' }].map((value, i) => ({ key: `k${i}`, value }));
  const parsed = await parseUserData({ groups: odd, pairs: odd, preferences: [] });
  expect(parsed).toMatchObject({ groups: [], pairs: [], preferences: undefined });
  expect(parsed.badGroups).toHaveLength(odd.length);
});
