// The geometry of a line plot: scales, down-sampled curves, tinted areas, and the curves of other runs behind them.
import { scaleLinear, type ScaleLinear } from 'd3-scale';
import type { Reading } from '../../metrics/rfd.ts';
import { areaPath, signedAreas, thinGaps, type Gap } from './area.ts';
import { CalmDomain, stepDomain, union } from './domain.ts';
import { px } from './format.ts';
import type { Frame } from './frame.ts';
import type { Line } from './line.ts';
import type { OtherLine } from './overlay.ts';
import { Thinned, type Domain } from './thinned.ts';

/** The area between training and evaluation, with the colour of the upper curve. */
export interface TintedArea {
  gaps: readonly Gap[];
  harder: string;
  easier: string;
}

export interface LinePlotData {
  lines: readonly Line[];
  others: readonly OtherLine[];
  area: TintedArea | null;
  totalSteps: number;
  /** Identifies the run: when it changes, the axes start over. */
  run: unknown;
}

export interface DrawnLines {
  steps: Domain;
  values: Domain;
  x: ScaleLinear<number, number>;
  y: ScaleLinear<number, number>;
  curves: (Line & { path: string; end: Reading | undefined })[];
  areas: { path: string; color: string; sign: number }[];
  behind: OtherLine[];
}

/** Keeps the down-sampled curves and the value axis between redraws. */
export class LineDrawing {
  private readonly thinned = new Map<string, Thinned>();
  private readonly domain: CalmDomain;

  /** @param covers the least range of the value axis */
  constructor(covers: Domain | null) {
    this.domain = new CalmDomain(covers);
  }

  draw(frame: Frame, { lines, others, area, totalSteps, run }: LinePlotData): DrawnLines {
    const steps = stepDomain(
      totalSteps,
      [...lines, ...others].map(({ points }) => points.at(-1)?.step),
    );
    const width = frame.right - frame.left;
    const extents: (Domain | null)[] = [];
    const thin = (id: string, readings: readonly Reading[]) => {
      const memory = this.memoryOf(id);
      memory.update(readings, steps, width);
      extents.push(memory.extent);
      return memory.points();
    };
    const kept = lines.map((line) => ({ line, points: thin(line.id, line.points) }));
    const behind = others.map(({ spread, ...line }): OtherLine => {
      const points = thin(line.id, line.points);
      if (spread === undefined) return { ...line, points };
      const [low, high] = [thin(`${line.id}/low`, spread.low), thin(`${line.id}/high`, spread.high)];
      return { ...line, points, spread: { low, high } };
    });
    const values = this.domain.fit(union(extents), run);
    const x = scaleLinear(steps, [frame.left, frame.right]);
    const y = scaleLinear(values, [frame.bottom, frame.top]);
    const curves = kept.map(({ line, points }) => ({
      ...line,
      path: points.map(({ step, value }) => `${px(x(step))},${px(y(value))}`).join('L'),
      end: points.at(-1),
    }));
    const pieces = area === null ? [] : signedAreas(thinGaps(area.gaps, steps, width));
    const areas = pieces.map((piece) => ({
      path: areaPath(piece, x, y),
      color: (piece.sign > 0 ? area?.harder : area?.easier) ?? '',
      sign: piece.sign,
    }));
    return { steps, values, x, y, curves, areas, behind };
  }

  private memoryOf(id: string): Thinned {
    const known = this.thinned.get(id) ?? new Thinned();
    this.thinned.set(id, known);
    return known;
  }
}
