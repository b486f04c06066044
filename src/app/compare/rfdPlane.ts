// Geometry of the plane of fitting difficulties: its points, their colours by STS, and names where there is room.
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

/** Runs whose fitting difficulty is known, then the paper's settings. */
export function planeRuns(runs: readonly StoredRun[], paper: readonly PaperSetting[]): PlaneRun[] {
  const ours = runs.flatMap(({ id, name, summary }): PlaneRun[] => {
    const { alignment, uniformity } = summary.rfd;
    const sts = summary.sts.best;
    return alignment === null || uniformity === null
      ? []
      : [{ id, name, kind: 'run', alignment, uniformity, sts }];
  });
  const theirs = paper.map(({ label, rfdAlignment, rfdUniformity, sts }): PlaneRun => ({
    id: `paper-${label}`,
    name: label,
    kind: 'paper',
    alignment: rfdAlignment,
    uniformity: rfdUniformity,
    sts,
  }));
  return [...ours, ...theirs];
}

export interface StsScale {
  low: number;
  high: number;
}

/** What the colours of the runs span; null when none has a score. The paper's scores are of another set of pairs. */
export function stsScale(points: readonly PlaneRun[]): StsScale | null {
  const scores = points.flatMap(({ kind, sts }) => (kind === 'run' && sts !== null ? [sts] : []));
  if (scores.length === 0) return null;
  return { low: scores.reduce((a, b) => Math.min(a, b)), high: scores.reduce((a, b) => Math.max(a, b)) };
}

/** Where on the scale a score is, from 0 to 1; a scale without length is all top. */
export const shareOf = (sts: number, { low, high }: StsScale): number =>
  high > low ? (sts - low) / (high - low) : 1;

/** A name in the drawing; the whole one is said below it. */
export function shortName(name: string): string {
  const letters = [...name];
  return letters.length > 24 ? `${letters.slice(0, 23).join('')}…` : name;
}

export interface Placed {
  id: string;
  x: number;
  y: number;
  /** Width of its name. */
  width: number;
}

export interface Name {
  id: string;
  x: number;
  y: number;
}

/** Names right or left of their marks, where they hit no mark, no other name and no edge; the first come first. */
export function namesThatFit(
  marks: readonly Placed[],
  box: { left: number; right: number; top: number; bottom: number },
  em: number,
): Name[] {
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
  const names: (Name & { rect: Rect })[] = [];
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
