// Undo and redo for the visitor's groups and pairs. The lists are never changed in place, so a state in the history
// is two references plus the change that followed.
import type { Group } from '../../data/group.ts';
import type { UserPair } from './corpusText.ts';

export interface UserLists {
  groups: readonly Group[];
  pairs: readonly UserPair[];
}

export interface CorpusChange {
  kind: 'added' | 'edited' | 'deleted' | 'cleared';
  /** The number of groups and pairs that it touched. */
  count: number;
}

/** How the last change came about: directly, or by undo or redo. */
export interface LastChange extends CorpusChange {
  by: 'doing' | 'undo' | 'redo';
}

interface HistoryEntry extends UserLists {
  change: CorpusChange;
}

const HISTORY_DEPTH = 100;

export interface History {
  /** The last one is undone first. */
  past: readonly HistoryEntry[];
  future: readonly HistoryEntry[];
}

export const NO_HISTORY: History = { past: [], future: [] };

/**
 * Adds a change to the history.
 * @param before the lists before the change
 */
export function record(history: History, before: UserLists, change: CorpusChange): History {
  return { past: [...history.past, { ...before, change }].slice(-HISTORY_DEPTH), future: [] };
}

export interface HistoryStep {
  history: History;
  lists: UserLists;
  change: CorpusChange;
}

/** Undoes one change; undefined at the beginning. */
export function undo(history: History, now: UserLists): HistoryStep | undefined {
  const moment = history.past.at(-1);
  if (!moment) return undefined;
  const { change, groups, pairs } = moment;
  return {
    history: {
      past: history.past.slice(0, -1),
      future: [...history.future, { groups: now.groups, pairs: now.pairs, change }],
    },
    lists: { groups, pairs },
    change,
  };
}

/** Redoes one change; undefined at the end. */
export function redo(history: History, now: UserLists): HistoryStep | undefined {
  const moment = history.future.at(-1);
  if (!moment) return undefined;
  const { change, groups, pairs } = moment;
  return {
    history: {
      past: [...history.past, { groups: now.groups, pairs: now.pairs, change }],
      future: history.future.slice(0, -1),
    },
    lists: { groups, pairs },
    change,
  };
}

/** Adds records that were loaded late (from storage) to every state, so that undoing does not lose them. */
export function withLoaded(history: History, earlier: UserLists): History {
  const extended = (moment: HistoryEntry): HistoryEntry => ({
    ...moment,
    groups: [...earlier.groups, ...moment.groups],
    pairs: [...earlier.pairs, ...moment.pairs],
  });
  return { past: history.past.map(extended), future: history.future.map(extended) };
}
