// Operations on the visitor's two lists: taking records out, and putting those of earlier visits in.
import type { Group } from '../../data/group.ts';
import type { SavedOwn } from '../storage/ownStore.ts';
import type { OwnLists } from './corpusHistory.ts';
import { ownNumber, type OwnPair } from './corpusText.ts';

/** The lists without the groups and pairs of these ids. */
export function without({ groups, pairs }: OwnLists, ids: readonly string[]): OwnLists {
  const gone = new Set(ids);
  return { groups: groups.filter(({ id }) => !gone.has(id)), pairs: pairs.filter(({ id }) => !gone.has(id)) };
}

export const countOf = ({ groups, pairs }: OwnLists): number => groups.length + pairs.length;

export interface Placed {
  /** As the store has them, record by record; a record whose id was taken has a new one. */
  groups: Group[];
  pairs: OwnPair[];
  /** The same in the order in which they were made. */
  inOrder: OwnLists;
  /** The next number that no id has. */
  next: number;
  renumbered: boolean;
}

/**
 * Gives saved records their place beside what has been added in the meantime. Ids in memory stand, as runs and maps
 * know them; a saved record of the same id (another tab gave it, too) gets a new one.
 */
export function placed(saved: SavedOwn, memory: OwnLists, next: number): Placed {
  const taken = new Set([...memory.groups, ...memory.pairs].map(({ id }) => id));
  const known = [...saved.groups, ...saved.pairs].map(({ value }) => ownNumber(value.id));
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
  [...records].sort((a, b) => ownNumber(a.id) - ownNumber(b.id));
