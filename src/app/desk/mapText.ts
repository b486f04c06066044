// Screen-reader text for a point of the map: the sentence, and the others of its group with their cosines.
import { t } from '../messages/t.ts';
import { cosineText, type Neighbour } from '../plots/map/cosines.ts';
import type { MapPoint } from '../plots/map/mapPoint.ts';

/** @param group the point's group, anchor first */
export function pointText(
  points: readonly MapPoint[],
  hovered: number | null,
  group: readonly Neighbour[],
): string {
  const point = hovered === null ? undefined : points[hovered];
  if (!point) return '';
  const others = group.slice(1).flatMap(({ row, now }) => {
    const member = points[row];
    if (member === undefined) return [];
    const { role, text } = member;
    return [t('map.live.pair', { role: t(`map.roles.${role}`), text, now: cosineText(now) })];
  });
  return [t('map.live.point', { role: t(`map.roles.${point.role}`), text: point.text }), ...others].join(' ');
}
