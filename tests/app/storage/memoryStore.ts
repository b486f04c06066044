// A store in memory that behaves as the browser's does: it copies what it is given, and can be made to fail.
import type { UserDataStore, RawUserData } from '../../../src/app/storage/userDataStore.ts';

export interface MemoryStore extends UserDataStore {
  groups: Map<string, unknown>;
  pairs: Map<string, unknown>;
  preferences: unknown;
  /** Thrown by the next save, and every one after it until it is set back. */
  failing: Error | null;
  saves: number;
}

export function memoryStore(): MemoryStore {
  const store: MemoryStore = {
    groups: new Map(),
    pairs: new Map(),
    preferences: undefined,
    failing: null,
    saves: 0,
    onreplaced: null,
    async load(): Promise<RawUserData> {
      if (store.failing) throw store.failing;
      const listed = (map: Map<string, unknown>) =>
        [...map].map(([key, value]) => ({ key, value: structuredClone(value) }));
      return { groups: listed(store.groups), pairs: listed(store.pairs), preferences: store.preferences };
    },
    async save(changes) {
      if (store.failing) throw store.failing;
      store.saves++;
      for (const key of changes.removedGroups) store.groups.delete(key);
      for (const key of changes.removedPairs) store.pairs.delete(key);
      for (const { key, value } of changes.groups) store.groups.set(key, structuredClone(value));
      for (const { key, value } of changes.pairs) store.pairs.set(key, structuredClone(value));
      store.preferences = structuredClone(changes.preferences);
    },
  };
  return store;
}

/** What IndexedDB throws, by its name. */
export function domError(name: string): Error {
  const error = new Error(`${name} happened.`);
  error.name = name;
  return error;
}
