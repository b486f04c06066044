// Stores the visitor's own groups and scored pairs between visits: the interface, its IndexedDB implementation, and
// the parsing of what is read back.
import type { IDBPTransaction } from 'idb';
import { z } from 'zod';
import { GROUP_PATTERNS, patternOf, type Group } from '../../data/group.ts';
import { yieldToEventLoop } from '../../util/yieldToEventLoop.ts';
import type { UserPair } from '../state/corpusText.ts';
import { database, storageFailureOf, type Database, type SemblanceSchema } from './database.ts';

export interface StoredRecord<T> {
  key: string;
  value: T;
}

/** Other settings stored with the own corpus. */
export interface CorpusPreferences {
  /** The number of the next own group or pair: ids are never reused. */
  next: number;
  usesBundled: boolean;
}

export interface UserDataChanges {
  groups: readonly StoredRecord<Group>[];
  pairs: readonly StoredRecord<UserPair>[];
  removedGroups: readonly string[];
  removedPairs: readonly string[];
  preferences: CorpusPreferences;
}

/** Records as they were stored, not parsed yet. */
export interface RawUserData {
  groups: StoredRecord<unknown>[];
  pairs: StoredRecord<unknown>[];
  preferences: unknown;
}

export interface UserDataStore {
  /** @throws StorageFailure */
  load(): Promise<RawUserData>;
  /**
   * Saves all changes or none.
   * @throws StorageFailure
   */
  save(changes: UserDataChanges): Promise<void>;
  /** Called when the store has become unwritable while nothing was being saved. */
  onreplaced: (() => void) | null;
}

const PREFERENCES = 'corpus';
/** Records written before yielding to the event loop: copying many at once would block the page. */
const SLICE = 200;
/** Records read, or parsed, at a time, for the same reason. */
const PAGE = 1000;

export function indexedDbUserData(target: Database = database): UserDataStore {
  return {
    get onreplaced() {
      return target.onreplaced;
    },
    set onreplaced(listener) {
      target.onreplaced = listener;
    },
    async load() {
      const connection = await target.open();
      try {
        return {
          groups: await allOf('ownGroups'),
          pairs: await allOf('ownPairs'),
          preferences: await connection.get('preferences', PREFERENCES),
        };
      } catch (error) {
        throw storageFailureOf(error);
      }
      async function allOf(store: 'ownGroups' | 'ownPairs'): Promise<StoredRecord<unknown>[]> {
        const records: StoredRecord<unknown>[] = [];
        for (let range: IDBKeyRange | null = null; ;) {
          const transaction = connection.transaction(store);
          const [keys, values] = await Promise.all([
            transaction.store.getAllKeys(range, PAGE),
            transaction.store.getAll(range, PAGE),
          ]);
          for (const [i, key] of keys.entries()) records.push({ key, value: values[i] });
          if (keys.length < PAGE) return records;
          range = IDBKeyRange.lowerBound(keys.at(-1), true);
        }
      }
    },
    async save(changes) {
      const connection = await target.open();
      try {
        await write(connection.transaction(['ownGroups', 'ownPairs', 'preferences'], 'readwrite'), changes);
      } catch (error) {
        throw storageFailureOf(error);
      }
    },
  };
}

type UserDataStoreNames = ('ownGroups' | 'ownPairs' | 'preferences')[];
type WriteTransaction = IDBPTransaction<SemblanceSchema, UserDataStoreNames, 'readwrite'>;

async function write(transaction: WriteTransaction, changes: UserDataChanges): Promise<void> {
  const groups = transaction.objectStore('ownGroups');
  const pairs = transaction.objectStore('ownPairs');
  const done = transaction.done;
  done.catch(() => undefined); // awaited below, unless a request fails first
  await inSlices(changes.removedGroups, (key) => groups.delete(key));
  await inSlices(changes.removedPairs, (key) => pairs.delete(key));
  await inSlices(changes.groups, ({ key, value }) => groups.put(value, key));
  await inSlices(changes.pairs, ({ key, value }) => pairs.put(value, key));
  await transaction.objectStore('preferences').put(changes.preferences, PREFERENCES);
  await done;
}

/** A transaction stays open as long as each answer brings the next request. */
async function inSlices<T>(items: readonly T[], request: (item: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < items.length; at += SLICE)
    await Promise.all(items.slice(at, at + SLICE).map((item) => request(item)));
}

// --- reading back -----------------------------------------------------------------------------------------------

const sentence = z.string().min(1);
const userGroupSchema = z
  .object({
    id: sentence,
    anchor: sentence,
    positive: sentence.optional(),
    intermediate: sentence.optional(),
    negative: sentence.optional(),
    pattern: z.enum(GROUP_PATTERNS).optional(),
    source: z.enum(['typed', 'file']),
    by: z.string().optional(),
  })
  .transform((group): Group => ({ ...group, pattern: group.pattern ?? patternOf(group) }));
const pairSchema: z.ZodType<UserPair> = z.object({
  id: sentence,
  score: z.number().min(0).max(5),
  first: sentence,
  second: sentence,
  source: z.enum(['typed', 'file']),
});
const preferencesSchema = z.object({ next: z.int().min(1), usesBundled: z.boolean() });

export interface SavedUserData {
  groups: StoredRecord<Group>[];
  pairs: StoredRecord<UserPair>[];
  /** Keys of invalid records. */
  badGroups: string[];
  badPairs: string[];
  preferences: CorpusPreferences | undefined;
}

/** Parses the valid records and lists the others; never throws. */
export async function parseUserData(raw: RawUserData): Promise<SavedUserData> {
  const groups = await parseRecords(raw.groups, userGroupSchema);
  const pairs = await parseRecords(raw.pairs, pairSchema);
  const preferences = preferencesSchema.safeParse(raw.preferences);
  return {
    groups: groups.valid,
    pairs: pairs.valid,
    badGroups: groups.badKeys,
    badPairs: pairs.badKeys,
    preferences: preferences.success ? preferences.data : undefined,
  };
}

async function parseRecords<T>(
  records: StoredRecord<unknown>[],
  schema: z.ZodType<T>,
): Promise<{ valid: StoredRecord<T>[]; badKeys: string[] }> {
  const valid: StoredRecord<T>[] = [];
  const badKeys: string[] = [];
  for (const [i, { key, value }] of records.entries()) {
    if (i > 0 && i % PAGE === 0) await yieldToEventLoop();
    const parsed = schema.safeParse(value);
    if (parsed.success) valid.push({ key, value: parsed.data });
    else badKeys.push(key);
  }
  return { valid, badKeys };
}
