// The gradient on each embedding as an arrow: a plane through the followed sentence's neighbourhood, the directions of
// the embeddings projected onto it, and where gradient descent would move each of them.
//
// The loss depends only on cosines, so only the direction u = h / |h| of an embedding h matters. The gradient with
// respect to u is |h| times the one with respect to h (which has no component along h), and descent moves u in the
// opposite direction. The plane is spanned by the two principal axes of the neighbours' directions.
import { rowOf, type StepTrace } from '../../../run/trace.ts';
import { symmetricEigen } from '../../plots/map/smallMatrix.ts';
import { columnOf, markOf, nearestColumns, type Column, type Followed } from './followed.ts';
import type { PointRole } from '../../../run/roles.ts';

export interface GradientArrow {
  row: number;
  mark: PointRole;
  text: string;
  /** Position of the direction in the plane. */
  x: number;
  y: number;
  /** Its move along -gradient, in the same units, multiplied by the picture's `scale`. */
  dx: number;
  dy: number;
  /** Norm of d loss / d embedding in all dimensions, not only in the plane. */
  gradient: number;
  /** Its column of InfoNCE; null if there is none. */
  column: Column | null;
}

export interface GradientArrows {
  arrows: GradientArrow[];
  /** Factor by which all moves are lengthened; 1 if nothing moves. */
  scale: number;
  /** Share of the neighbours' variance within the plane, 0 to 1. */
  share: number;
}

/** Length of the longest arrow, as a fraction of the picture's extent. */
const LONGEST = 0.3;

export function gradientArrows(trace: StepTrace, followed: Followed, neighbours: number): GradientArrows {
  const near = nearestColumns(trace, followed, neighbours).map(({ row }) => row);
  const rows = [...new Set([...followed.rows, ...near])];
  const directions = rows.map((row) => unit(rowOf(trace.vectors, row)));
  const { axes, share, centre } = principalPlane(directions);
  const moves = rows.map((row) => {
    const size = norm(rowOf(trace.vectors, row));
    return Float64Array.from(rowOf(trace.vectorGradients, row), (value) => -value * size);
  });
  const places = directions.map((direction) => inPlane(direction, axes, centre));
  const drawn = moves.map((move) => inPlane(move, axes));
  const scale = commonScale(places, drawn);
  const columns = new Map(trace.infonce.columns.map((row, column) => [row, column]));
  return {
    scale,
    share,
    arrows: rows.map((row, i) => ({
      row,
      mark: markOf(trace, followed, row),
      text: trace.rows[row]!.text,
      x: places[i]!.x,
      y: places[i]!.y,
      dx: drawn[i]!.x * scale,
      dy: drawn[i]!.y * scale,
      gradient: norm(rowOf(trace.vectorGradients, row)),
      column: columns.has(row) ? columnOf(trace, followed, columns.get(row)!) : null,
    })),
  };
}

interface Place {
  x: number;
  y: number;
}

/** A common factor for all moves, so that their lengths are comparable and the longest fits the picture. */
function commonScale(places: readonly Place[], moves: readonly Place[]): number {
  const spread = (axis: 'x' | 'y') =>
    Math.max(...places.map((place) => place[axis])) - Math.min(...places.map((place) => place[axis]));
  const longest = Math.max(...moves.map(({ x, y }) => Math.hypot(x, y)));
  return longest > 0 ? (LONGEST * Math.max(spread('x'), spread('y'), 1e-9)) / longest : 1;
}

/** The two principal axes of points [count][dimension], computed from the small Gram matrix of the centred points. */
export function principalPlane(points: readonly Float64Array[]): {
  axes: [Float64Array, Float64Array];
  centre: Float64Array;
  share: number;
} {
  const count = points.length;
  const dimension = points[0]?.length ?? 0;
  const centre = Float64Array.from({ length: dimension }, (_, k) =>
    points.reduce((sum, p) => sum + p[k]! / count, 0),
  );
  const centred = points.map((point) => point.map((value, k) => value - centre[k]!));
  const gram = centred.flatMap((a) => centred.map((b) => dot(a, b)));
  const { values, vectors } = symmetricEigen(gram, count);
  const axis = (which: number): Float64Array => {
    const sum = new Float64Array(dimension);
    centred.forEach((point, i) =>
      point.forEach((value, k) => (sum[k]! += value * (vectors[which * count + i] ?? 0))),
    );
    const size = norm(sum);
    return size > 1e-12 ? sum.map((value) => value / size) : sum;
  };
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const held = Math.max(0, values[0] ?? 0) + Math.max(0, values[1] ?? 0);
  return { axes: [axis(0), axis(1)], centre, share: total > 0 ? held / total : 0 };
}

/** Coordinates in the plane of a point (relative to the centre) or of a move. */
function inPlane(
  point: Float64Array,
  axes: readonly [Float64Array, Float64Array],
  centre?: Float64Array,
): Place {
  const at = centre === undefined ? point : point.map((value, k) => value - centre[k]!);
  return { x: dot(at, axes[0]), y: dot(at, axes[1]) };
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

export function norm(a: ArrayLike<number>): number {
  return Math.sqrt(dot(a, a));
}

function unit(a: ArrayLike<number>): Float64Array {
  const size = norm(a);
  return Float64Array.from(a, (value) => (size > 0 ? value / size : 0));
}
