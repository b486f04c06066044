// The one tooltip of all plots: the value of every shown curve at the crosshair's step, and the position of the box.
import { readingAt } from '../../record/series.ts';
import type { Line } from './line.ts';

export interface TooltipPlot {
  title: string;
  lines: readonly Line[];
}

export interface TooltipRow {
  label: string;
  color: string;
  dash: boolean;
  value: number;
  /** The step of this reading: metrics are measured less often than the loss. */
  step: number;
}

export interface TooltipSection {
  title: string;
  rows: TooltipRow[];
}

export function sectionsAt(step: number, plots: readonly TooltipPlot[]): TooltipSection[] {
  return plots
    .map(({ title, lines }) => ({
      title,
      // The curve that is drawn last, on top, is the one that matters most.
      rows: lines.toReversed().flatMap(({ label, color, dash, points }) => {
        const reading = readingAt(points, step);
        return reading === null ? [] : [{ label, color, dash: dash === true, ...reading }];
      }),
    }))
    .filter(({ rows }) => rows.length > 0);
}

export interface TooltipSize {
  width: number;
  height: number;
}

/**
 * Left and top of a box next to a point: to the right of it if there is room, else to the left; never over the point,
 * and never off the screen if it fits.
 */
export function placed(
  point: { x: number; y: number },
  box: TooltipSize,
  screen: TooltipSize,
  distance = 16,
): { left: number; top: number } {
  const edge = 8;
  const inside = (value: number, size: number, whole: number) =>
    Math.max(edge, Math.min(value, whole - size - edge));
  const right = point.x + distance;
  const left = point.x - distance - box.width;
  const middle = inside(point.y - box.height / 2, box.height, screen.height);
  if (right + box.width + edge <= screen.width) return { left: right, top: middle };
  if (left >= edge) return { left, top: middle };
  // Narrow screens: above or below the point.
  const above = point.y - distance - box.height;
  const top = above >= edge ? above : point.y + distance;
  return { left: inside(point.x - box.width / 2, box.width, screen.width), top };
}
