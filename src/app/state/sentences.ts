// The sentences of a corpus: how many there are, and those that may be searched in.
import { ROLES, type Group } from '../../data/group.ts';

export function countSentences(groups: readonly Group[]): number {
  return groups.reduce((sum, group) => sum + ROLES.filter((role) => group[role] !== undefined).length, 0);
}

export interface SearchedSentence {
  id: string;
  text: string;
  role: 'plain' | 'anchor' | 'positive';
}

/** Anchors and positives: what a search for similar sentences offers. */
export function candidatesOf(groups: readonly Group[]): SearchedSentence[] {
  return groups.flatMap(({ id, anchor, positive }): SearchedSentence[] =>
    positive === undefined
      ? [{ id: `${id}/anchor`, text: anchor, role: 'plain' }]
      : [
          { id: `${id}/anchor`, text: anchor, role: 'anchor' },
          { id: `${id}/positive`, text: positive, role: 'positive' },
        ],
  );
}
