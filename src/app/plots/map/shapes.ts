// The shapes of the roles, for the canvas and for SVG: the same visual size, distinguishable without colour.
import { symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle, type SymbolType } from 'd3-shape';
import type { RoleStyle } from '../../style/roles.ts';

type Shape = RoleStyle['shape'];

const SYMBOLS: Record<Shape, SymbolType> = {
  circle: symbolCircle,
  square: symbolSquare,
  triangle: symbolTriangle,
  diamond: symbolDiamond,
  ring: symbolCircle,
};
/** d3 gives equal areas; corners make these look larger or smaller. */
const WEIGHT: Record<Shape, number> = { circle: 1, square: 0.95, triangle: 1, diamond: 0.9, ring: 0.8 };

const area = (shape: Shape, radius: number): number => WEIGHT[shape] * Math.PI * radius * radius;

/** SVG path around the origin. */
export function shapePath(shape: Shape, radius: number): string {
  return symbol(SYMBOLS[shape], area(shape, radius))() ?? '';
}

/** The same path on a canvas whose origin is the point. */
export function traceShape(context: CanvasRenderingContext2D, shape: Shape, radius: number): void {
  SYMBOLS[shape].draw(context, area(shape, radius));
}
