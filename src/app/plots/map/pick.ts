// Picking points on the map: under the pointer, or next in a direction.

/**
 * @param screen [points, 3] in pixels and depth
 * @param open whether a point may be picked
 */
export function nearestPoint(
  screen: Float64Array,
  x: number,
  y: number,
  reach: number,
  open: (point: number) => boolean,
): number | null {
  let best: number | null = null;
  let least = reach;
  for (let i = 0; i * 3 < screen.length; i++) {
    if (!open(i)) continue;
    // On the sphere, points in front take precedence over those behind (depth below 0 counts as farther away).
    const behind = screen[i * 3 + 2]! < -0.05 ? reach / 2 : 0;
    const distance = Math.hypot(screen[i * 3]! - x, screen[i * 3 + 1]! - y) + behind;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

/**
 * The nearest point within 60 degrees of a direction, sideways distance counting double; null at the edge.
 * @param dx, dy one step in pixels, y downwards
 */
export function pointInDirection(
  screen: Float64Array,
  from: number,
  dx: number,
  dy: number,
  open: (point: number) => boolean,
): number | null {
  let best: number | null = null;
  let least = Infinity;
  for (let i = 0; i * 3 < screen.length; i++) {
    if (i === from || !open(i)) continue;
    const x = screen[i * 3]! - screen[from * 3]!;
    const y = screen[i * 3 + 1]! - screen[from * 3 + 1]!;
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy - y * dx);
    if (along <= 0.5 || aside > 1.73 * along) continue;
    const distance = along + 2 * aside;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

/** The target of the arrow keys: from a point to the next one in a direction, or to the one nearest to the centre. */
export function walkTarget(
  screen: Float64Array,
  from: number | null,
  [dx, dy]: readonly [number, number],
  centre: { x: number; y: number },
  open: (point: number) => boolean,
): number | null {
  if (from === null) return nearestPoint(screen, centre.x, centre.y, Infinity, open);
  return pointInDirection(screen, from, dx, dy, open) ?? from;
}
