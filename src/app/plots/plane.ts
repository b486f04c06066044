// The alignment-uniformity plane (Wang & Isola 2020): the position of a model, and its trail during training. Both
// axes are losses: closer to the lower left corner is better.
import type { Reading } from '../../metrics/rfd.ts';

export interface PlanePoint {
  step: number;
  alignment: number;
  uniformity: number;
}

/** A point on the screen. */
export interface ScreenPoint {
  step: number;
  x: number;
  y: number;
}

export interface TrailArrow {
  x: number;
  y: number;
  /** Degrees: 0 to the right, 90 downwards, as in SVG. */
  angle: number;
}

/** The steps at which both were measured. */
export function trail(alignment: readonly Reading[], uniformity: readonly Reading[]): PlanePoint[] {
  const byStep = new Map(uniformity.map(({ step, value }) => [step, value]));
  const points: PlanePoint[] = [];
  for (const { step, value } of alignment) {
    const other = byStep.get(step);
    if (other === undefined || !Number.isFinite(value + other)) continue;
    points.push({ step, alignment: value, uniformity: other });
  }
  return points;
}

/** Leaves out dots closer than `distance` pixels to the one before; the first and the last stay. */
export function spaceOut(dots: readonly ScreenPoint[], distance: number): ScreenPoint[] {
  const kept: ScreenPoint[] = [];
  for (const [i, dot] of dots.entries()) {
    const previous = kept.at(-1);
    const far = previous === undefined || Math.hypot(dot.x - previous.x, dot.y - previous.y) >= distance;
    if (far) kept.push(dot);
    else if (i === dots.length - 1 && kept.length > 1) kept[kept.length - 1] = dot;
    else if (i === dots.length - 1) kept.push(dot);
  }
  return kept;
}

/** The midpoint between two dots of the trail, and the trail's direction there. */
function halfway(piece: readonly ScreenPoint[]): TrailArrow {
  const lengths = piece.slice(1).map((dot, i) => Math.hypot(dot.x - piece[i]!.x, dot.y - piece[i]!.y));
  let left = lengths.reduce((a, b) => a + b, 0) / 2;
  let i = 0;
  while (i < lengths.length - 1 && left > lengths[i]!) left -= lengths[i++]!;
  const [a, b] = [piece[i]!, piece[i + 1]!];
  const share = left / lengths[i]!;
  return {
    x: a.x + share * (b.x - a.x),
    y: a.y + share * (b.y - a.y),
    angle: (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI,
  };
}

/**
 * An arrowhead on each segment of the trail that is long enough to show a direction; arrowheads do not overlap one
 * another or the ends of the trail, where the dots are.
 */
export function arrows(dots: readonly ScreenPoint[], distance: number): TrailArrow[] {
  const kept = spaceOut(dots, distance).map((dot) => dots.indexOf(dot));
  const taken = [dots[0], dots.at(-1)].filter((dot) => dot !== undefined).map(({ x, y }) => ({ x, y }));
  const found: TrailArrow[] = [];
  for (let i = 1; i < kept.length; i++) {
    const piece = dots.slice(kept[i - 1], kept[i]! + 1);
    const [a, b] = [piece[0]!, piece.at(-1)!];
    if (piece.length < 2 || Math.hypot(b.x - a.x, b.y - a.y) < distance * 0.75) continue;
    const arrow = halfway(piece);
    if (taken.some((other) => Math.hypot(other.x - arrow.x, other.y - arrow.y) < distance * 0.5)) continue;
    taken.push(arrow);
    found.push(arrow);
  }
  return found;
}

/** The dot nearest to a position on the screen. */
export function nearestDot(dots: readonly ScreenPoint[], x: number, y: number): ScreenPoint | undefined {
  let best: ScreenPoint | undefined;
  let distance = Infinity;
  for (const dot of dots) {
    const d = Math.hypot(dot.x - x, dot.y - y);
    if (d < distance) [best, distance] = [dot, d];
  }
  return best;
}
