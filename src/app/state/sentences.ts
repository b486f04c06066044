// The sentences of a corpus: their number, those offered by the search, and those tracked on the map.
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

/** Anchors and positives, as offered by a search for similar sentences. */
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

/** The number of sentences tracked on the map, and the limit for the visitor's own; the map shows it. */
const FOLLOWED = 240;

/** The sentences behind the map's points: a sample of the corpus, and the visitor's own. */
export function followedPoints(
  data: { groups: readonly Group[]; userGroups: readonly Group[] },
  pattern: PatternName,
): Point[] {
  const { roles } = PATTERNS[pattern];
  const userPoints = data.userGroups.flatMap((group) => pointsOf(group, roles));
  return [...samplePoints(data.groups, pattern, FOLLOWED), ...userPoints.slice(0, FOLLOWED)];
}
