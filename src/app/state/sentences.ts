// The sentences of a corpus: how many there are, those that may be searched in, those that are followed on the map.
import type { Group } from '../../data/group.ts';
import { ROLES } from '../../run/roles.ts';
import { pointsOf, samplePoints, type Point } from '../../data/points.ts';
import { PATTERNS, type PatternName } from '../../run/settings.ts';

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

/** Sentences followed on the map, and as many of the visitor's own; written on it. */
const FOLLOWED = 240;

/** Where the map's points come from: a sample of the corpus, and the visitor's own. */
export function followedPoints(
  data: { groups: readonly Group[]; own: readonly Group[] },
  pattern: PatternName,
): Point[] {
  const { roles } = PATTERNS[pattern];
  const own = data.own.flatMap((group) => pointsOf(group, roles));
  return [...samplePoints(data.groups, pattern, FOLLOWED), ...own.slice(0, FOLLOWED)];
}
