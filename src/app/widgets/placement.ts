// Placement of a floating box: beside its target, inside the window, without covering what must stay visible. All in
// window pixels.

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
}

export type PlacementSide = 'below' | 'above' | 'right' | 'left';

export interface Placement {
  x: number;
  y: number;
  /** null: there was no room beside the target. */
  side: PlacementSide | null;
}

export interface PlacementOptions {
  /** Tried in this order. */
  sides: readonly PlacementSide[];
  /** Between box and target. */
  gap: number;
  /** Between box and the window's edge. */
  margin: number;
  /** Boxes that must not be covered. */
  avoid: readonly Box[];
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));

export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/**
 * Beside the target on the first side where the box fits; else in the first corner where it covers no box of `avoid`.
 */
export function placeBeside(target: Box, box: Size, window: Size, options: PlacementOptions): Placement {
  const { sides, margin, avoid } = options;
  const covers = (at: { x: number; y: number }) => avoid.some((kept) => overlap({ ...at, ...box }, kept));
  const inside = ({ x, y }: { x: number; y: number }) =>
    x >= margin &&
    y >= margin &&
    x + box.width <= window.width - margin &&
    y + box.height <= window.height - margin;
  for (const side of sides) {
    const at = besideAt(target, box, window, side, options);
    if (inside(at) && !covers(at) && !overlap({ ...at, ...box }, target)) return { ...at, side };
  }
  const right = Math.max(margin, window.width - margin - box.width);
  const bottom = Math.max(margin, window.height - margin - box.height);
  const first = { x: right, y: bottom };
  const corners = [first, { x: margin, y: bottom }, { x: right, y: margin }, { x: margin, y: margin }];
  const free = corners.filter((corner) => !covers(corner));
  const best = free.find((corner) => !overlap({ ...corner, ...box }, target)) ?? free[0] ?? first;
  return { ...best, side: null };
}

/** Centred on the target along the other axis, shifted to stay inside the window. */
function besideAt(
  target: Box,
  box: Size,
  window: Size,
  side: PlacementSide,
  { gap, margin }: PlacementOptions,
) {
  const along = {
    x: clamp(target.x + target.width / 2 - box.width / 2, margin, window.width - margin - box.width),
    y: clamp(target.y + target.height / 2 - box.height / 2, margin, window.height - margin - box.height),
  };
  switch (side) {
    case 'below':
      return { x: along.x, y: target.y + target.height + gap };
    case 'above':
      return { x: along.x, y: target.y - gap - box.height };
    case 'right':
      return { x: target.x + target.width + gap, y: along.y };
    case 'left':
      return { x: target.x - gap - box.width, y: along.y };
  }
}

/** The hairline from a placed box to its target: from edge to edge, null when they touch or overlap. */
export function connector(box: Box, target: Box): { x1: number; y1: number; x2: number; y2: number } | null {
  if (overlap(box, target)) return null;
  const [x1, x2] = nearest(box.x, box.width, target.x, target.width);
  const [y1, y2] = nearest(box.y, box.height, target.y, target.height);
  return x1 === x2 && y1 === y2 ? null : { x1, y1, x2, y2 };
}

/** Along one axis: the facing ends, or the middle of the overlap. */
function nearest(a: number, aLength: number, b: number, bLength: number): [number, number] {
  if (a + aLength < b) return [a + aLength, b];
  if (b + bLength < a) return [a, b + bLength];
  const middle = (Math.max(a, b) + Math.min(a + aLength, b + bLength)) / 2;
  return [middle, middle];
}
