// Geometry of the plane of relative fitting difficulties: its points, their colours by STS, and names where they fit.
import type { SettingSpread } from '../../record/thirteen.ts';
import type { PaperSetting } from '../../run/paperSettings.ts';
import { parseSettingName, type Setting } from '../../run/settings.ts';
import { recordedId } from '../state/runOverlays.ts';
import type { StoredRun } from '../state/runs.svelte.ts';

interface PointFigures {
  id: string;
  name: string;
  alignment: number;
  uniformity: number;
  sts: number | null;
}

export type PlaneRun =
  /** A run of the visitor. */
  | (PointFigures & { kind: 'run' })
  | (PointFigures & { kind: 'paper'; setting: Setting })
  /** A setting that was recorded for the page: means over its seeds. */
  | (PointFigures & { kind: 'recorded'; setting: Setting; spread: SettingSpread });

/** Runs and recorded settings with a known relative fitting difficulty, followed by the paper's settings. */
export function planeRuns(
  runs: readonly StoredRun[],
  recorded: readonly SettingSpread[],
  paper: readonly PaperSetting[],
): PlaneRun[] {
  const runPoints = runs.flatMap(({ id, name, summary }): PlaneRun[] => {
    const { alignment, uniformity } = summary.rfd;
    const sts = summary.sts.best;
    return alignment === null || uniformity === null
      ? []
      : [{ id, name, kind: 'run', alignment, uniformity, sts }];
  });
  const recordedPoints = recorded.flatMap((spread): PlaneRun[] => {
    const { setting: name, rfdAlignment, rfdUniformity, sts } = spread;
    if (rfdAlignment === null || rfdUniformity === null) return [];
    return [
      {
        id: recordedId(name),
        name,
        kind: 'recorded',
        alignment: rfdAlignment.mean,
        uniformity: rfdUniformity.mean,
        sts: sts?.mean ?? null,
        setting: parseSettingName(name),
        spread,
      },
    ];
  });
  const paperPoints = paper.map(({ label, setting, rfdAlignment, rfdUniformity, sts }): PlaneRun => ({
    id: `paper-${label}`,
    name: label,
    kind: 'paper',
    alignment: rfdAlignment,
    uniformity: rfdUniformity,
    sts,
    setting,
  }));
  return [...runPoints, ...recordedPoints, ...paperPoints];
}

export interface StsScale {
  low: number;
  high: number;
}

/** Range of the scores of the visitor's runs, which alone are coloured by score; null if none has one. */
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
