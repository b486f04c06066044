// The inner rectangle of a plot, in pixels. Room for ticks and end labels is measured in the font size, so that
// projector mode enlarges it with the text.
import type { PlotSize } from './size.ts';

export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Width of the whole drawing. */
  width: number;
  height: number;
  em: number;
}

export interface Margins {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** @param margins in em */
export function frameOf(size: PlotSize, margins: Margins): Frame {
  const { width, height, em } = size;
  const left = Math.round(margins.left * em);
  const top = Math.round(margins.top * em);
  return {
    left,
    top,
    right: Math.max(left + 10, width - Math.round(margins.right * em)),
    bottom: Math.max(top + 10, height - Math.round(margins.bottom * em)),
    width,
    height,
    em,
  };
}

/** The centre and radius of a role's mark, as an SVG path. */
export function markPath(
  shape: 'circle' | 'square' | 'triangle' | 'diamond' | 'ring',
  x: number,
  y: number,
  r: number,
): string {
  switch (shape) {
    case 'square':
      return `M${x - r},${y - r}h${2 * r}v${2 * r}h${-2 * r}Z`;
    case 'triangle':
      return `M${x},${y - 1.2 * r}l${1.2 * r},${2.2 * r}h${-2.4 * r}Z`;
    case 'diamond':
      return `M${x},${y - 1.4 * r}l${1.4 * r},${1.4 * r}l${-1.4 * r},${1.4 * r}l${-1.4 * r},${-1.4 * r}Z`;
    default:
      return `M${x - r},${y}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0Z`;
  }
}
