// Operations on the visitor's two lists: removing records, and merging in those of earlier visits.
import type { Group } from '../../data/group.ts';
import type { SavedUserData } from '../storage/userDataStore.ts';
import type { UserLists } from './corpusHistory.ts';
import { userIdNumber, type UserPair } from './corpusText.ts';

/** The lists without the groups and pairs that have these ids. */
export function without({ groups, pairs }: UserLists, ids: readonly string[]): UserLists {
  const gone = new Set(ids);
  return { groups: groups.filter(({ id }) => !gone.has(id)), pairs: pairs.filter(({ id }) => !gone.has(id)) };
}

export const countOf = ({ groups, pairs }: UserLists): number => groups.length + pairs.length;

export interface MergedLists {
  /** In the order of the store, record by record; a record whose id was taken has a new one. */
  groups: Group[];
  pairs: UserPair[];
  /** The same records in the order in which they were created. */
  inOrder: UserLists;
  /** The next number that no id uses. */
  next: number;
  renumbered: boolean;
}

/**
 * Merges saved records with those added in the meantime. Ids in memory stay, because runs and maps refer to them; a
 * saved record with the same id (assigned by another tab) gets a new one.
 */
export function mergeSaved(saved: SavedUserData, memory: UserLists, next: number): MergedLists {
  const taken = new Set([...memory.groups, ...memory.pairs].map(({ id }) => id));
  const known = [...saved.groups, ...saved.pairs].map(({ value }) => userIdNumber(value.id));
  let free = known.reduce((most, n) => Math.max(most, n + 1), Math.max(next, saved.preferences?.next ?? 1));
  let renumbered = false;
  const unique = <T extends { id: string }>(value: T, prefix: string): T => {
    const isTaken = taken.has(value.id);
    const placed = isTaken ? { ...value, id: `${prefix}-${free++}` } : value;
    renumbered ||= isTaken;
    taken.add(placed.id);
    return placed;
  };
  const groups = saved.groups.map(({ value }) => unique(value, 'own'));
  const pairs = saved.pairs.map(({ value }) => unique(value, 'pair'));
  return {
    groups,
    pairs,
    inOrder: { groups: ordered(groups), pairs: ordered(pairs) },
    next: free,
    renumbered,
  };
}

const ordered = <T extends { id: string }>(records: readonly T[]): T[] =>
  [...records].sort((a, b) => userIdNumber(a.id) - userIdNumber(b.id));
