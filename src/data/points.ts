// Selects the sentences to follow during a run, on the map and in the cosine histograms: a limited number of them,
// evenly spaced over the corpus.
import { PATTERNS, type PatternName } from '../run/settings.ts';
import type { PointRole, Role } from '../run/roles.ts';
import type { Group } from './group.ts';

/** A followed sentence. */
export interface Point {
  /** "{group}/{role}" */
  id: string;
  group: string;
  role: PointRole;
  text: string;
}

/** The sentences of a group that are followed in a setting. */
export function pointsOf(group: Group, roles: readonly Role[]): Point[] {
  const alone = roles.length < 2 && group.positive === undefined;
  const wanted = roles.length < 2 ? (['anchor', 'positive'] as const) : roles;
  return wanted.flatMap((role) => {
    const text = group[role];
    if (text === undefined) return [];
    return [{ id: `${group.id}/${role}`, group: group.id, role: alone ? ('plain' as const) : role, text }];
  });
}

/**
 * At most `cap` sentences of the corpus, evenly spaced over the groups that the setting trains on (plain sentences
 * if it uses no groups). Not random: the same corpus always gives the same points.
 */
export function samplePoints(groups: readonly Group[], pattern: PatternName, cap: number): Point[] {
  const { roles } = PATTERNS[pattern];
  const isWhole = (group: Group) => roles.every((role) => group[role] !== undefined);
  const candidates = groups.filter(isWhole);
  const count = Math.min(candidates.length, Math.floor(cap / roles.length));
  const points: Point[] = [];
  const places = Array.from({ length: count }, (_, i) => Math.floor((i * candidates.length) / count));
  for (const group of places.flatMap((place) => candidates[place] ?? [])) {
    if (roles.length > 1) points.push(...pointsOf(group, roles));
    else points.push({ id: `${group.id}/anchor`, group: group.id, role: 'plain', text: group.anchor });
  }
  return points;
}
