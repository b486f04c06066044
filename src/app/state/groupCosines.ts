// Cosines of the tracked sentences to their anchors, as shown by the histograms and the corpus table.
import { normalised, type Matrix } from '../../metrics/vectors.ts';
import type { Point } from '../../data/points.ts';
import { COSINE_ROLES, type CosineSets } from '../plots/cosines.ts';

export type GroupCosines = Partial<Record<(typeof COSINE_ROLES)[number], number>>;

/** Cosines by group, for the points that have a row in `embeddings`. */
export function groupCosines(points: readonly Point[], embeddings: Matrix | null): Map<string, GroupCosines> {
  const cosines = new Map<string, GroupCosines>();
  if (!embeddings) return cosines;
  const { data, dimension, rows } = normalised(embeddings);
  const anchors = new Map<string, number>();
  points.slice(0, rows).forEach(({ group, role }, row) => {
    if (role === 'anchor') anchors.set(group, row);
  });
  points.slice(0, rows).forEach(({ group, role }, row) => {
    const anchor = anchors.get(group);
    if (role === 'anchor' || role === 'plain' || anchor === undefined) return;
    let dot = 0;
    for (let k = 0; k < dimension; k++) dot += data[anchor * dimension + k]! * data[row * dimension + k]!;
    const known = cosines.get(group) ?? {};
    known[role] = dot;
    cosines.set(group, known);
  });
  return cosines;
}

/** The cosines of all groups by role; null when there are none. */
export function cosineSets(cosines: ReadonlyMap<string, GroupCosines>): CosineSets | null {
  if (cosines.size === 0) return null;
  const sets: CosineSets = { positive: [], intermediate: [], negative: [] };
  for (const group of cosines.values()) {
    for (const role of COSINE_ROLES) if (group[role] !== undefined) sets[role].push(group[role]);
  }
  return sets;
}
