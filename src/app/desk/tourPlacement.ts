// Placement of the tour's card: next to its target, never over the transport.
import { connector, placeBeside, type Box, type Size } from '../widgets/placement.ts';

/** Below this window width, in pixels, the page has one column and the card is placed along an edge. */
const NARROW = 736;

const MARGIN = 12;
const GAP = 28;

export interface TourPlace {
  x: number;
  y: number;
  /** Line from the card to the target. */
  line: { x1: number; y1: number; x2: number; y2: number } | null;
  /** Outline around the visible part of the target. */
  outline: Box | null;
}

/** @param target null if the stop's target is not on the page */
export function placeTour(target: Box | null, card: Size, window: Size, transport: Box | null): TourPlace {
  const outline = target === null ? null : visiblePart(target, window);
  const at =
    window.width < NARROW
      ? alongEdge(outline, card, window, transport)
      : beside(outline, card, window, transport);
  const line = outline === null ? null : connector({ ...at, ...card }, outline);
  return { ...at, line, outline };
}

function beside(
  target: Box | null,
  card: Size,
  window: Size,
  transport: Box | null,
): { x: number; y: number } {
  const avoid = transport === null ? [] : [transport];
  // Without a target, the lower right corner.
  const { x, y } = placeBeside(target ?? { x: 0, y: 0, ...window }, card, window, {
    sides: ['below', 'right', 'left', 'above'],
    gap: GAP,
    margin: MARGIN,
    avoid,
  });
  return { x, y };
}

/** On a phone the card goes to the edge farther from the target; at the lower edge it ends above the transport. */
function alongEdge(target: Box | null, card: Size, window: Size, transport: Box | null) {
  const x = (window.width - card.width) / 2;
  const floor = transport !== null && transport.y > window.height / 2 ? transport.y : window.height;
  const low = floor - card.height - MARGIN;
  if (target === null) return { x, y: low };
  const middle = target.y + target.height / 2;
  return { x, y: middle > floor / 2 ? MARGIN : low };
}

/** The part of a box that is inside the window; null if there is none. */
function visiblePart(box: Box, window: Size): Box | null {
  const x = Math.max(box.x, 0);
  const y = Math.max(box.y, 0);
  const width = Math.min(box.x + box.width, window.width) - x;
  const height = Math.min(box.y + box.height, window.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}
