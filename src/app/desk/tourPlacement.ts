// Where the card of the tour goes: near what it speaks of, never over the transport.
import { hairline, placeBeside, type Box, type Size } from '../widgets/placement.ts';

/** Below this width the page is one column and the card lies along an edge. Pixels. */
const NARROW = 736;

const MARGIN = 12;
const GAP = 28;

export interface TourPlace {
  x: number;
  y: number;
  /** From card to target. */
  line: { x1: number; y1: number; x2: number; y2: number } | null;
  /** Around the target, as far as it is in the window. */
  outline: Box | null;
}

/** @param target null: what the stop points at is not on the page */
export function placeTour(target: Box | null, card: Size, window: Size, transport: Box | null): TourPlace {
  const outline = target === null ? null : visiblePart(target, window);
  const at =
    window.width < NARROW
      ? alongEdge(outline, card, window, transport)
      : beside(outline, card, window, transport);
  const line = outline === null ? null : hairline({ ...at, ...card }, outline);
  return { ...at, line, outline };
}

function beside(
  target: Box | null,
  card: Size,
  window: Size,
  transport: Box | null,
): { x: number; y: number } {
  const avoid = transport === null ? [] : [transport];
  // With nothing to stand beside, the lower right corner.
  const { x, y } = placeBeside(target ?? { x: 0, y: 0, ...window }, card, window, {
    sides: ['below', 'right', 'left', 'above'],
    gap: GAP,
    margin: MARGIN,
    avoid,
  });
  return { x, y };
}

/** On a phone the card takes the edge that is farther from the target; the lower one ends above the transport. */
function alongEdge(target: Box | null, card: Size, window: Size, transport: Box | null) {
  const x = (window.width - card.width) / 2;
  const floor = transport !== null && transport.y > window.height / 2 ? transport.y : window.height;
  const low = floor - card.height - MARGIN;
  if (target === null) return { x, y: low };
  const middle = target.y + target.height / 2;
  return { x, y: middle > floor / 2 ? MARGIN : low };
}

/** Null when none of it can be seen. */
function visiblePart(box: Box, window: Size): Box | null {
  const x = Math.max(box.x, 0);
  const y = Math.max(box.y, 0);
  const width = Math.min(box.x + box.width, window.width) - x;
  const height = Math.min(box.y + box.height, window.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}
