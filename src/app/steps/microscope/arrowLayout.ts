// Layout of the gradient arrows on the screen: one scale for both axes, which preserves angles, with space for marks
// and their numbers.
import type { GradientArrow } from './arrows.ts';

export interface ArrowPosition {
  arrow: GradientArrow;
  x: number;
  y: number;
  tipX: number;
  tipY: number;
  /** SVG path of the arrowhead; empty if the embedding does not move. */
  head: string;
  /** Centre of its number. */
  labelX: number;
  labelY: number;
}

interface ArrowArea {
  /** Pixels. */
  width: number;
  height: number;
  /** Padding on every side. */
  room: number;
}

export function arrowLayout(
  arrows: readonly GradientArrow[],
  { width, height, room }: ArrowArea,
): ArrowPosition[] {
  const xs = arrows.flatMap(({ x, dx }) => [x, x + dx]);
  const ys = arrows.flatMap(({ y, dy }) => [y, y + dy]);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [bottom, top] = [Math.min(...ys), Math.max(...ys)];
  const scale = Math.min(
    Math.max(1, width - 2 * room) / Math.max(right - left, 1e-9),
    Math.max(1, height - 2 * room) / Math.max(top - bottom, 1e-9),
  );
  const onX = (x: number) => width / 2 + scale * (x - (left + right) / 2);
  const onY = (y: number) => height / 2 - scale * (y - (bottom + top) / 2);
  const positions = arrows.map((arrow) => {
    const [x, y] = [onX(arrow.x), onY(arrow.y)];
    const [tipX, tipY] = [onX(arrow.x + arrow.dx), onY(arrow.y + arrow.dy)];
    return { arrow, x, y, tipX, tipY, head: headPath(x, y, tipX, tipY, room / 3.5) };
  });
  const taken = positions.flatMap(({ x, y, tipX, tipY }): [number, number][] => [
    [x, y],
    [tipX, tipY],
    [(x + tipX) / 2, (y + tipY) / 2],
  ]);
  return positions.map((one) => {
    const [labelX, labelY] = freePosition(one.x, one.y, room / 2, taken);
    taken.push([labelX, labelY]);
    return { ...one, labelX, labelY };
  });
}

/** The position around a mark that is farthest from everything else. */
function freePosition(
  x: number,
  y: number,
  distance: number,
  taken: readonly [number, number][],
): [number, number] {
  let best: [number, number] = [x, y];
  let mostSpace = -1;
  for (let turn = 0; turn < 8; turn++) {
    // Start at the upper right, the usual position if nothing else is near.
    const angle = ((turn - 1) * Math.PI) / 4;
    const place: [number, number] = [x + distance * Math.cos(angle), y + distance * Math.sin(angle)];
    const free = Math.min(distance, ...taken.map(([a, b]) => Math.hypot(a - place[0], b - place[1])));
    if (free > mostSpace + 0.5) [best, mostSpace] = [place, free];
  }
  return best;
}

/** A triangle at the tip, never longer than the arrow. */
function headPath(x: number, y: number, tipX: number, tipY: number, size: number): string {
  const length = Math.hypot(tipX - x, tipY - y);
  if (!(length > 0.5)) return '';
  const [ux, uy] = [(tipX - x) / length, (tipY - y) / length];
  const back = Math.min(size, length);
  const half = back * 0.45;
  const [bx, by] = [tipX - ux * back, tipY - uy * back];
  const point = (px: number, py: number) => `${px.toFixed(1)},${py.toFixed(1)}`;
  return `M${point(tipX, tipY)}L${point(bx - uy * half, by + ux * half)}L${point(bx + uy * half, by - ux * half)}Z`;
}
