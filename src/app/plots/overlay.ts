// Other runs behind the main one: as curves, or, where only the seed differs, as their mean in a band from the lowest
// to the highest value.
import type { Reading } from '../../metrics/rfd.ts';
import { t } from '../messages/t.ts';
import { runningDifficulty } from './area.ts';
import { linesOf, type Evidence, type LinePlotName } from './evidence.ts';
import type { LegendEntry, Line } from './line.ts';
import { trail } from './plane.ts';
import type { RunSeries } from '../../record/series.ts';

export interface OtherRun {
  id: string;
  name: string;
  /** CSS colour. */
  color: string;
  series: RunSeries;
}

/** Runs that differ only in their seed. */
export interface SeedBand {
  id: string;
  name: string;
  color: string;
  /** The runs and their series, in the same order. */
  ids: readonly string[];
  members: readonly RunSeries[];
}

/** The readings of several curves at one step. */
export interface Spread {
  step: number;
  mean: number;
  low: number;
  high: number;
}

/** Mean, lowest and highest value at the steps that all curves have. */
export function spreadOf(curves: readonly (readonly Reading[])[]): Spread[] {
  const [first, ...others] = curves;
  if (first === undefined) return [];
  const byStep = others.map((points) => new Map(points.map(({ step, value }) => [step, value])));
  return first.flatMap(({ step, value }) => {
    const values = [value, ...byStep.map((known) => known.get(step) ?? NaN)];
    if (!values.every(Number.isFinite)) return [];
    const mean = values.reduce((a, b) => a + b) / values.length;
    return [{ step, mean, low: Math.min(...values), high: Math.max(...values) }];
  });
}

/** A curve of another run, behind those of the main one; a mean has its spread. */
export interface OtherLine extends Line {
  /** Name of the run, or of the group of runs. */
  run: string;
  spread?: { low: readonly Reading[]; high: readonly Reading[] };
}

/** Only the total of the loss: three curves per run would be too crowded. */
const drawnOf = (name: LinePlotName, lines: readonly Line[]) =>
  name === 'loss' ? lines.filter(({ id }) => id === 'loss') : lines;

const difficulties = new WeakMap<RunSeries, ReturnType<typeof runningDifficulty>[]>();

/** A run with its RFD, recomputed only when the run has grown. */
export function evidenceOf(series: RunSeries): Evidence {
  let known = difficulties.get(series);
  if (known === undefined) difficulties.set(series, (known = [runningDifficulty(), runningDifficulty()]));
  const [alignment, uniformity] = known;
  return {
    series,
    alignment: alignment!(series.alignment.train, series.alignment.eval),
    uniformity: uniformity!(series.uniformity.train, series.uniformity.eval),
  };
}

function bandLines(name: LinePlotName, { id, name: run, color, members }: SeedBand): OtherLine[] {
  const curves = members.map((series) => drawnOf(name, linesOf(name, evidenceOf(series))));
  return (curves[0] ?? []).map((line) => {
    const spread = spreadOf(curves.map((lines) => lines.find((one) => one.id === line.id)?.points ?? []));
    const readings = (key: 'mean' | 'low' | 'high') =>
      spread.map((one): Reading => ({ step: one.step, value: one[key] }));
    const points = readings('mean');
    return {
      ...line,
      id: `${id}/${line.id}`,
      run,
      color,
      points,
      spread: { low: readings('low'), high: readings('high') },
    };
  });
}

const bandsKnown = new WeakMap<SeedBand, Map<LinePlotName, OtherLine[]>>();

/** The curves behind a line plot's own. The runs of a band have ended, so its curves are computed once. */
export function otherLines(
  name: LinePlotName,
  others: readonly OtherRun[],
  bands: readonly SeedBand[],
): OtherLine[] {
  const ofBand = (band: SeedBand) => {
    const known = bandsKnown.get(band) ?? new Map<LinePlotName, OtherLine[]>();
    bandsKnown.set(band, known);
    const lines = known.get(name) ?? bandLines(name, band);
    known.set(name, lines);
    return lines;
  };
  const ofRun = ({ id, name: run, color, series }: OtherRun) =>
    drawnOf(name, linesOf(name, evidenceOf(series))).map((line) => ({
      ...line,
      id: `${id}/${line.id}`,
      run,
      color,
    }));
  return [...bands.flatMap(ofBand), ...others.flatMap(ofRun)];
}

/** Columns of a plot's table: each curve under the name of its run; a mean with its lowest and highest value. */
export function otherColumns(
  name: LinePlotName | 'plane',
  others: readonly OtherRun[],
  bands: readonly SeedBand[],
): Line[] {
  if (name !== 'plane') return otherLines(name, others, bands).flatMap(columnsOf);
  // Both curves of the plane go into one table.
  return (['alignment', 'uniformity'] as const).flatMap((axis) =>
    otherLines(axis, others, bands)
      .map((line) => ({ ...line, label: `${line.label}, ${t(`plots.axis.${axis}`)}` }))
      .flatMap(columnsOf),
  );
}

function columnsOf({ run, label, spread, ...line }: OtherLine): Line[] {
  const column = (suffix: 'mean' | 'low' | 'high', points: readonly Reading[]) => ({
    ...line,
    id: `${line.id}/${suffix}`,
    label: t(`plots.other.${suffix}`, { run, label }),
    points,
  });
  if (spread === undefined) return [{ ...line, label: t('plots.other.column', { run, label }) }];
  return [column('mean', line.points), column('low', spread.low), column('high', spread.high)];
}

/** Trails of the other runs in the plane; of a band, the trail of its mean. */
export function otherTrails(others: readonly OtherRun[], bands: readonly SeedBand[]) {
  const lines = {
    alignment: otherLines('alignment', others, bands),
    uniformity: otherLines('uniformity', others, bands),
  };
  return lines.alignment.map(({ id, run, label, color, dash, points }) => ({
    id,
    run,
    label,
    color,
    dash: dash === true,
    points: trail(points, lines.uniformity.find((line) => line.id === id)?.points ?? []),
  }));
}

/** The key entries of the other runs for an exported file. */
export const otherLegend = (others: readonly OtherRun[], bands: readonly SeedBand[]): LegendEntry[] =>
  [...bands, ...others].map(({ name, color }) => ({ label: name, color, style: 'solid' }));
