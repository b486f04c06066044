// Keeps a store in sync with the visitor's groups and pairs: writes changes after a short delay, and at once when the
// page is left. A failed write loses nothing: the changes are written with the next ones.
import type { Group } from '../../data/group.ts';
import { yieldToEventLoop } from '../../util/yieldToEventLoop.ts';
import type { UserPair } from '../state/corpusText.ts';
import { storageFailureOf, StorageFailure } from './database.ts';
import {
  parseUserData,
  type UserDataChanges,
  type CorpusPreferences,
  type UserDataStore,
  type SavedUserData,
  type StoredRecord,
} from './userDataStore.ts';

export interface UserData {
  groups: readonly Group[];
  pairs: readonly UserPair[];
  preferences: CorpusPreferences;
}

const DELAY = 200;
/** Records compared before yielding to the event loop. */
const PART = 2000;

/** What the store holds of one kind: record and key by id. Keys differ from ids, as two tabs may assign the same id. */
class StoredRecords<T extends { id: string }> {
  private records = new Map<string, StoredRecord<T>>();

  constructor(private readonly tab: string) {}

  set(id: string, stored: StoredRecord<T>): void {
    this.records.set(id, stored);
  }

  /** Records that are new or changed, and the keys of those that were removed. */
  async difference(now: readonly T[]): Promise<{ put: StoredRecord<T>[]; removed: string[] }> {
    const put: StoredRecord<T>[] = [];
    const ids = new Set<string>();
    await inParts(now, (value) => {
      ids.add(value.id);
      if (this.records.get(value.id)?.value !== value) put.push({ key: this.keyOf(value.id), value });
    });
    const removed: string[] = [];
    await inParts([...this.records], ([id, { key }]) => {
      if (!ids.has(id)) removed.push(key);
    });
    return { put, removed };
  }

  /** Updates the held records after the difference was written. */
  async update(now: readonly T[]): Promise<void> {
    const records = new Map<string, StoredRecord<T>>();
    await inParts(now, (value) => records.set(value.id, { key: this.keyOf(value.id), value }));
    this.records = records;
  }

  private keyOf(id: string): string {
    return this.records.get(id)?.key ?? `${this.tab}:${id}`;
  }
}

/**
 * Processes a large number without blocking the page; a small number is done at once, as when the page is being left.
 */
async function inParts<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  for (const [i, item] of items.entries()) {
    if (i % PART === PART - 1) await yieldToEventLoop();
    work(item);
  }
}

export class UserDataSaver {
  private readonly groups: StoredRecords<Group>;
  private readonly pairs: StoredRecords<UserPair>;
  private bad: Pick<SavedUserData, 'badGroups' | 'badPairs'> = { badGroups: [], badPairs: [] };
  private preferences = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: Promise<void> = Promise.resolve();

  /**
   * @param current returns what should be stored; called when it is written
   * @param report called after every attempt with the failure, or null when everything is stored
   */
  constructor(
    private readonly store: UserDataStore,
    private readonly current: () => UserData,
    private readonly report: (failure: StorageFailure | null) => void,
  ) {
    const tab = crypto
      .getRandomValues(new Uint32Array(2))
      .reduce((name, word) => name + word.toString(36), '');
    this.groups = new StoredRecords(tab);
    this.pairs = new StoredRecords(tab);
    store.onreplaced = () => this.report(new StorageFailure('newer'));
    if (typeof document !== 'undefined') {
      addEventListener('pagehide', () => void this.flush());
      document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'hidden' && this.timer !== undefined) void this.flush();
      });
    }
  }

  /**
   * Reads the store; nothing is written before that is done.
   * @param place adds the records to memory and returns them in the same order as they are there: a record whose id
   * was taken has a new one, and is written again
   */
  restore(place: (saved: SavedUserData) => { groups: Group[]; pairs: UserPair[] }): Promise<void> {
    this.writing = this.read(place);
    return this.writing;
  }

  private async read(place: (saved: SavedUserData) => { groups: Group[]; pairs: UserPair[] }): Promise<void> {
    let saved: SavedUserData;
    try {
      saved = await parseUserData(await this.store.load());
    } catch (error) {
      this.report(storageFailureOf(error));
      return;
    }
    const placed = place(saved);
    placed.groups.forEach(({ id }, i) => {
      const record = saved.groups[i];
      if (record !== undefined) this.groups.set(id, record);
    });
    placed.pairs.forEach(({ id }, i) => {
      const record = saved.pairs[i];
      if (record !== undefined) this.pairs.set(id, record);
    });
    this.bad = saved;
    if (saved.preferences) this.preferences = JSON.stringify(saved.preferences);
  }

  /** Something changed: it is written shortly. */
  changed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), DELAY);
  }

  /** Writes unsaved changes now; one write at a time. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    const { groups, pairs, preferences } = this.current();
    const changedGroups = await this.groups.difference(groups);
    const changedPairs = await this.pairs.difference(pairs);
    const changes: UserDataChanges = {
      groups: changedGroups.put,
      pairs: changedPairs.put,
      removedGroups: [...changedGroups.removed, ...this.bad.badGroups],
      removedPairs: [...changedPairs.removed, ...this.bad.badPairs],
      preferences,
    };
    const remembered = JSON.stringify(preferences);
    const lists = [changes.groups, changes.pairs, changes.removedGroups, changes.removedPairs];
    if (remembered === this.preferences && lists.every((list) => list.length === 0)) return;
    try {
      await this.store.save(changes);
    } catch (error) {
      this.report(storageFailureOf(error));
      return;
    }
    await this.groups.update(groups);
    await this.pairs.update(pairs);
    this.bad = { badGroups: [], badPairs: [] };
    this.preferences = remembered;
    this.report(null);
  }
}
