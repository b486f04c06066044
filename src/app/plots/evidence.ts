// The content of each plot of the evidence panel: its curves, its key with the public readouts, its table.
// Everywhere, held-out training data has the accent colour and is solid, evaluation data is ink-coloured and dashed.
import type { Reading } from '../../metrics/rfd.ts';
import { t } from '../messages/t.ts';
import type { Gap, Difficulty } from './area.ts';
import { COSINE_ROLES, type CosineSets } from './cosines.ts';
import { histogramTable, linesTable } from './csv.ts';
import { meanOf, type Distribution } from './histogram.ts';
import type { LegendEntry, Line, PlotTableData } from './line.ts';
import type { PlotName } from './plotNames.ts';
import { readingAt, type RunSeries } from '../../record/series.ts';
import type { Domain } from './thinned.ts';
import { ROLE_STYLES } from '../style/roles.ts';

export type LinePlotName = 'loss' | 'alignment' | 'uniformity' | 'rfd-alignment' | 'rfd-uniformity' | 'sts';
export type HistogramName = 'cosines' | 'mer';

export const TRAIN = 'var(--accent)';
export const EVALUATION = 'var(--ink)';
/** Tints of the area between the curves: training above is harder, evaluation above is easier. */
export const HARDER = TRAIN;
export const EASIER = 'var(--muted)';

export interface Evidence {
  series: RunSeries;
  alignment: Difficulty;
  uniformity: Difficulty;
}

export interface MerSets {
  positive: number[];
  negative: number[];
}

/** The initial range of each plot's vertical axis, so that it does not grow right away. */
export const COVERS: Record<LinePlotName, Domain | null> = {
  loss: [0, 1],
  alignment: [0, 0.2],
  uniformity: [-1, 0],
  'rfd-alignment': [-0.05, 0.05],
  'rfd-uniformity': [-0.05, 0.05],
  sts: null,
};

export const HISTOGRAMS: Record<HistogramName, { domain: Domain; bins: number }> = {
  cosines: { domain: [-1, 1], bins: 40 },
  mer: { domain: [0, 1], bins: 20 },
};

function splitLines(by: RunSeries['alignment']): Line[] {
  return [
    { id: 'eval', label: t('plots.line.eval'), color: EVALUATION, dash: true, points: by.eval },
    { id: 'train', label: t('plots.line.train'), color: TRAIN, points: by.train },
  ];
}

export function linesOf(name: LinePlotName, { series, alignment, uniformity }: Evidence): Line[] {
  switch (name) {
    case 'loss': {
      const total: Line = { id: 'loss', label: t('plots.line.loss'), color: TRAIN, points: series.loss };
      // Without the triplet loss the total equals InfoNCE: one curve.
      if (series.ht.length === 0) return [total];
      return [
        { id: 'ht', label: t('plots.line.ht'), color: 'var(--muted)', points: series.ht },
        { id: 'infonce', label: t('plots.line.infonce'), color: EVALUATION, points: series.infonce },
        total,
      ];
    }
    case 'alignment':
      return splitLines(series.alignment);
    case 'uniformity':
      return splitLines(series.uniformity);
    case 'rfd-alignment':
      return [{ id: 'rfd', label: t('plots.line.rfdAlignment'), color: TRAIN, points: alignment.curve }];
    case 'rfd-uniformity':
      return [{ id: 'rfd', label: t('plots.line.rfdUniformity'), color: TRAIN, points: uniformity.curve }];
    case 'sts':
      return [{ id: 'sts', label: t('plots.line.sts'), color: EVALUATION, dash: true, points: series.sts }];
  }
}

/** The tinted areas: the area whose mean height is RFD; in the RFD plots the area between their curve and zero. */
export function gapsOf(name: LinePlotName, { alignment, uniformity }: Evidence): readonly Gap[] | null {
  const toZero = ({ curve }: Difficulty) =>
    curve.map(({ step, value }): Gap => ({ step, train: value, evaluation: 0 }));
  switch (name) {
    case 'alignment':
      return alignment.gaps;
    case 'uniformity':
      return uniformity.gaps;
    case 'rfd-alignment':
      return toZero(alignment);
    case 'rfd-uniformity':
      return toZero(uniformity);
    default:
      return null;
  }
}

const last = (points: readonly Reading[]) => readingAt(points)?.value ?? null;
const tints = (): LegendEntry[] => [
  { label: t('plots.key.harder'), color: HARDER, style: 'tint' },
  { label: t('plots.key.easier'), color: EASIER, style: 'tint' },
];

export function legendOf(
  name: Exclude<PlotName, HistogramName>,
  { series, alignment, uniformity }: Evidence,
): LegendEntry[] {
  const train = { label: t('plots.line.train'), color: TRAIN, style: 'solid' } as const;
  const evaluation = { label: t('plots.line.eval'), color: EVALUATION, style: 'dash' } as const;
  const rfd = { color: '', style: 'number' } as const;
  const [rfdA, rfdU] = [t('plots.line.rfdAlignment'), t('plots.line.rfdUniformity')];
  switch (name) {
    case 'loss': {
      const [infonce, ht] = [t('plots.line.infonce'), t('plots.line.ht')];
      const style = series.ht.length === 0 ? 'number' : 'solid';
      // A batch without generated groups has no triplet loss: a value from an earlier batch is shown with its step.
      const at = readingAt(series.ht)?.step;
      const current = at === readingAt(series.loss)?.step;
      return [
        {
          label: t('plots.line.loss'),
          color: TRAIN,
          style: 'solid',
          value: last(series.loss),
          readout: 'loss',
        },
        { label: infonce, color: EVALUATION, style, value: last(series.infonce), readout: 'loss-infonce' },
        {
          label: ht,
          color: 'var(--muted)',
          style,
          value: last(series.ht),
          at,
          current,
          readout: 'loss-ht',
        },
      ];
    }
    case 'alignment':
      return [
        { ...train, value: last(series.alignment.train), readout: 'alignment-train' },
        { ...evaluation, value: last(series.alignment.eval), readout: 'alignment-eval' },
        { ...rfd, label: rfdA, value: alignment.value, readout: 'rfd-alignment' },
        ...tints(),
      ];
    case 'uniformity':
      return [
        { ...train, value: last(series.uniformity.train), readout: 'uniformity-train' },
        { ...evaluation, value: last(series.uniformity.eval), readout: 'uniformity-eval' },
        { ...rfd, label: rfdU, value: uniformity.value, readout: 'rfd-uniformity' },
        ...tints(),
      ];
    case 'plane':
      return [train, evaluation];
    case 'rfd-alignment':
      return [{ label: rfdA, color: TRAIN, style: 'solid', value: alignment.value }, ...tints()];
    case 'rfd-uniformity':
      return [{ label: rfdU, color: TRAIN, style: 'solid', value: uniformity.value }, ...tints()];
    case 'sts':
      return [{ ...evaluation, label: t('plots.line.sts'), value: last(series.sts), readout: 'sts' }];
  }
}

/** @param others columns of other runs, after those of the main one */
export function tableOf(
  name: Exclude<PlotName, HistogramName>,
  evidence: Evidence,
  others: readonly Line[] = [],
): PlotTableData {
  const step = t('plots.axis.step');
  if (name !== 'plane') return linesTable(step, [...linesOf(name, evidence).toReversed(), ...others]);
  const { alignment, uniformity } = evidence.series;
  const columns = [
    { id: 'ta', label: t('plots.line.trainAlignment'), points: alignment.train },
    { id: 'tu', label: t('plots.line.trainUniformity'), points: uniformity.train },
    { id: 'ea', label: t('plots.line.evalAlignment'), points: alignment.eval },
    { id: 'eu', label: t('plots.line.evalUniformity'), points: uniformity.eval },
  ];
  return linesTable(step, [...columns.map((column) => ({ ...column, color: '' })), ...others]);
}

export function distributionsOf(
  name: HistogramName,
  cosines: { before: CosineSets | null; now: CosineSets | null },
  mer: MerSets | null,
): Distribution[] {
  const of = (role: (typeof COSINE_ROLES)[number], values: readonly number[] | undefined): Distribution => ({
    id: role,
    label: t(`plots.role.${role}`),
    ...ROLE_STYLES[role],
    values: values ?? [],
  });
  if (name === 'mer') return [of('positive', mer?.positive), of('negative', mer?.negative)];
  return COSINE_ROLES.map((role) => ({
    ...of(role, cosines.now?.[role]),
    before: cosines.before?.[role] ?? null,
  }));
}

/** The means, in the colours of the roles. */
export function histogramLegend(distributions: readonly Distribution[]): LegendEntry[] {
  const keys = distributions.map(({ label, color, values }): LegendEntry => ({
    label,
    color,
    style: 'outline',
    value: meanOf(values),
  }));
  const before = distributions.some((one) => one.before != null && one.before.length > 0);
  return before ? [...keys, { label: t('plots.key.before'), color: 'var(--muted)', style: 'dots' }] : keys;
}

export function histogramTableOf(name: HistogramName, distributions: readonly Distribution[]): PlotTableData {
  const { domain, bins } = HISTOGRAMS[name];
  return histogramTable(
    { from: t('plots.axis.from'), to: t('plots.axis.to') },
    distributions,
    domain,
    bins,
    (label) => t('plots.beforeColumn', { label }),
  );
}
