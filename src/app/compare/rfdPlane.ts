// Geometry of the plane of relative fitting difficulties: its points, their colours by STS, and names where they fit.
import type { StoredRun } from '../state/runs.svelte.ts';
import type { PaperSetting } from './paperSettings.ts';

export interface PlaneRun {
  id: string;
  name: string;
  kind: 'run' | 'paper';
  alignment: number;
  uniformity: number;
  sts: number | null;
}

/** Runs with a known relative fitting difficulty, followed by the paper's settings. */
export function planeRuns(runs: readonly StoredRun[], paper: readonly PaperSetting[]): PlaneRun[] {
  const runPoints = runs.flatMap(({ id, name, summary }): PlaneRun[] => {
    const { alignment, uniformity } = summary.rfd;
    const sts = summary.sts.best;
    return alignment === null || uniformity === null
      ? []
      : [{ id, name, kind: 'run', alignment, uniformity, sts }];
  });
  const paperPoints = paper.map(({ label, rfdAlignment, rfdUniformity, sts }): PlaneRun => ({
    id: `paper-${label}`,
    name: label,
    kind: 'paper',
    alignment: rfdAlignment,
    uniformity: rfdUniformity,
    sts,
  }));
  return [...runPoints, ...paperPoints];
}

export interface StsScale {
  low: number;
  high: number;
}

/** Range of the runs' scores; null if none has one. The paper's scores are excluded: they are on other pairs. */
export function stsScale(points: readonly PlaneRun[]): StsScale | null {
  const scores = points.flatMap(({ kind, sts }) => (kind === 'run' && sts !== null ? [sts] : []));
  if (scores.length === 0) return null;
  return { low: scores.reduce((a, b) => Math.min(a, b)), high: scores.reduce((a, b) => Math.max(a, b)) };
}

/** Position of a score on the scale, from 0 to 1; always 1 if the scale has zero length. */
export const shareOf = (sts: number, { low, high }: StsScale): number =>
  high > low ? (sts - low) / (high - low) : 1;

/** A name shortened for the plot; the full name is shown below the plot. */
export function shortName(name: string): string {
  const letters = [...name];
  return letters.length > 24 ? `${letters.slice(0, 23).join('')}…` : name;
}

export interface PlacedPoint {
  id: string;
  x: number;
  y: number;
  /** Width of its name, in pixels. */
  width: number;
}

export interface PlacedName {
  id: string;
  x: number;
  y: number;
}

/** Places names next to their marks if they overlap no mark, name or edge; earlier marks take precedence. */
export function namesThatFit(
  marks: readonly PlacedPoint[],
  box: { left: number; right: number; top: number; bottom: number },
  em: number,
): PlacedName[] {
  interface Rect {
    left: number;
    right: number;
    top: number;
    bottom: number;
  }
  const around = (x: number, y: number, half: number): Rect => ({
    left: x - half,
    right: x + half,
    top: y - half,
    bottom: y + half,
  });
  const dots = new Map(marks.map(({ id, x, y }) => [id, around(x, y, em * 0.4)]));
  const names: (PlacedName & { rect: Rect })[] = [];
  const hits = (a: Rect, b: Rect) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  for (const { id, x, y, width } of marks) {
    for (const left of [x + em * 0.6, x - em * 0.6 - width]) {
      const rect = { left, right: left + width, top: y - em * 0.6, bottom: y + em * 0.6 };
      const inside =
        rect.left >= box.left && rect.right <= box.right && rect.top >= box.top && rect.bottom <= box.bottom;
      const free =
        [...dots].every(([other, dot]) => other === id || !hits(rect, dot)) &&
        names.every((name) => !hits(rect, name.rect));
      if (!inside || !free) continue;
      names.push({ id, x: left, y, rect });
      break;
    }
  }
  return names.map(({ id, x, y }) => ({ id, x, y }));
}
