// Draws the batch matrix on a canvas: one square per cell, a framed diagonal, hard-negative columns set apart.
import type { TraceInfoNce } from '../../../run/trace.ts';
import { cellValue, rangeOf, shade, type Arrangement, type Cell, type Face } from './batchMatrix.ts';

/** CSS colours that the canvas takes from the page's style. */
export interface MatrixPalette {
  panel: string;
  ink: string;
  rule: string;
  /** Similar, probable, pulled together. */
  strong: string;
  /** Pushed apart. */
  opposite: string;
}

export function readMatrixPalette(element: Element): MatrixPalette {
  const style = getComputedStyle(element);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return {
    panel: value('--panel'),
    ink: value('--ink'),
    rule: value('--rule'),
    strong: value('--role-positive'),
    opposite: value('--role-negative'),
  };
}

/** Pixels between the square of positives and the columns of further hard negatives. */
export const GAP = 6;

/** Sizes of the drawing in CSS pixels: side of a cell, total size, and the positions of columns. */
export interface MatrixFrame {
  side: number;
  width: number;
  height: number;
  /** Left edge of the column drawn at position `place`. */
  left: (place: number) => number;
}

/** @param width available width in CSS pixels */
export function matrixFrame({ anchors, columns }: Arrangement, width: number): MatrixFrame {
  const gap = columns.length > anchors.length ? GAP : 0;
  const side = Math.max(1, Math.min(22, (width - gap) / columns.length));
  return {
    side,
    width: side * columns.length + gap,
    height: side * anchors.length,
    left: (place) => place * side + (place >= anchors.length ? gap : 0),
  };
}

/** The cell at a point of the drawing; null if there is none. */
export function cellAt(arrangement: Arrangement, frame: MatrixFrame, x: number, y: number): Cell | null {
  const row = Math.floor(y / frame.side);
  const inSquare = x < arrangement.anchors.length * frame.side;
  const gap = frame.left(arrangement.anchors.length) - arrangement.anchors.length * frame.side;
  const place = Math.floor((inSquare ? x : x - gap) / frame.side);
  const anchor = arrangement.anchors[row];
  const column = arrangement.columns[place];
  if (anchor === undefined || column === undefined) return null;
  return inSquare || place >= arrangement.anchors.length ? { anchor, column } : null;
}

/** @param ratio device pixels per CSS pixel @param marked cells with a dot */
export function paintMatrix(
  context: CanvasRenderingContext2D,
  infonce: TraceInfoNce,
  face: Face,
  arrangement: Arrangement,
  frame: MatrixFrame,
  palette: MatrixPalette,
  marked: readonly Cell[],
  ratio: number,
): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, frame.width, frame.height);
  const range = rangeOf(infonce, face);
  // A gradient below 0 means that the loss decreases when this cosine increases: the two are pulled together.
  const sign = face === 'gradient' ? -1 : 1;
  const inset = frame.side > 6 ? 0.5 : 0;
  arrangement.anchors.forEach((anchor, row) => {
    arrangement.columns.forEach((column, place) => {
      const strength = sign * shade(face, cellValue(infonce, face, { anchor, column }), range);
      const [x, y] = [frame.left(place), row * frame.side];
      const side = frame.side - 2 * inset;
      context.globalAlpha = 1;
      context.fillStyle = palette.panel;
      context.fillRect(x + inset, y + inset, side, side);
      context.globalAlpha = Math.min(1, Math.abs(strength));
      context.fillStyle = strength < 0 ? palette.opposite : palette.strong;
      context.fillRect(x + inset, y + inset, side, side);
    });
  });
  context.globalAlpha = 1;
  context.strokeStyle = palette.ink;
  context.lineWidth = 1;
  arrangement.anchors.forEach((_, row) => {
    const at = row * frame.side;
    context.strokeRect(frame.left(row) + 0.5, at + 0.5, frame.side - 1, frame.side - 1);
  });
  context.fillStyle = palette.ink;
  for (const { anchor, column } of marked) {
    const row = arrangement.anchors.indexOf(anchor);
    const place = arrangement.columns.indexOf(column);
    context.beginPath();
    context.arc(
      frame.left(place) + frame.side / 2,
      (row + 0.5) * frame.side,
      Math.max(1.5, frame.side / 6),
      0,
      7,
    );
    context.fill();
  }
}
