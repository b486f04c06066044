// The opacity of each point on the map: hidden roles at 0, found or focused points at 1, the others faint.
import type { PointRole } from '../../../run/roles.ts';
import type { MapPoint } from './mapPoint.ts';

type Labelled = Pick<MapPoint, 'text' | 'role' | 'group'>;

const FAINT = 0.16;
const REST = 0.42;

/** Indices of the sentences that contain the query, ignoring case; null when the query is empty. */
export function matchesOf(points: readonly Labelled[], query: string): ReadonlySet<number> | null {
  const wanted = query.trim().toLocaleLowerCase();
  if (wanted === '') return null;
  return new Set(points.flatMap(({ text }, i) => (text.toLocaleLowerCase().includes(wanted) ? [i] : [])));
}

export function strengthsOf(
  points: readonly Labelled[],
  hidden: readonly PointRole[],
  matches: ReadonlySet<number> | null,
  group: string | null,
): Float32Array {
  return Float32Array.from(points, (point, i) => {
    if (hidden.includes(point.role)) return 0;
    if (group !== null && point.group === group) return 1;
    if (matches) return matches.has(i) ? 1 : FAINT;
    return group === null ? 1 : REST;
  });
}
