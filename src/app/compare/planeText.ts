// A point of the plane in words, and all of them as a table.
import type { SeedSpread } from '../../record/thirteen.ts';
import { t } from '../messages/t.ts';
import { valueText } from '../plots/format.ts';
import type { LegendEntry, PlotTableData } from '../plots/line.ts';
import { configDifference, type Config } from '../../run/config.ts';
import { pageDefaults } from '../../run/pageDefaults.ts';
import { PATTERN_NAMES } from '../../run/settings.ts';
import { knobValueWords, knobWords, patternWords, settingWords } from '../state/runNames.ts';
import { patternColor } from '../style/settingMarks.ts';
import type { PlaneRun, StsScale } from './rfdPlane.ts';

export function pointName({ kind, name }: PlaneRun): string {
  if (kind === 'run') return name;
  return kind === 'paper'
    ? `${t('runs.plane.paperMark')}, ${name}`
    : `${t('runs.recorded.mark')}, ${settingWords(name)}`;
}

/** "-0.121 (-0.130 to -0.115)"; without a range for a single seed. */
function spreadText(spread: SeedSpread | null): string {
  if (spread === null) return valueText(null);
  const { mean, low, high } = spread;
  const [from, to] = [valueText(low), valueText(high)];
  return from === to ? valueText(mean) : t('runs.recorded.range', { mean: valueText(mean), from, to });
}

export function pointText(point: PlaneRun): string {
  const sts = point.sts === null ? t('runs.plane.noSts') : valueText(point.sts);
  if (point.kind !== 'recorded') {
    const [alignment, uniformity] = [valueText(point.alignment), valueText(point.uniformity)];
    return t('runs.plane.said', { name: pointName(point), alignment, uniformity, sts });
  }
  const { rfdAlignment, rfdUniformity, stsb, seeds } = point.spread;
  return t('runs.recorded.said', {
    name: pointName(point),
    alignment: spreadText(rfdAlignment),
    uniformity: spreadText(rfdUniformity),
    sts,
    stsb: stsb === null ? t('runs.plane.noSts') : valueText(stsb.mean),
    count: seeds.length,
  });
}

/** How the recorded settings were trained, beside the page's defaults. */
export function trainedWords(config: Config): string {
  const knobs = configDifference(config, { ...pageDefaults().config, seed: config.seed });
  if (knobs.length === 0) return t('runs.recorded.defaults');
  return t('runs.recorded.otherwise', {
    knobs: knobs.map((knob) => `${knobWords(knob)} ${knobValueWords(config[knob])}`).join(', '),
  });
}

/** The paper's scores are on STS-B dev. */
export function planeTable(points: readonly PlaneRun[]): PlotTableData {
  const range = (name: string) => [t('runs.recorded.low', { name }), t('runs.recorded.high', { name })];
  return {
    columns: [
      t('runs.column.run'),
      'RFD_a',
      ...range('RFD_a'),
      'RFD_u',
      ...range('RFD_u'),
      'STS',
      t('runs.ranks.figure.stsb'),
    ],
    rows: points.map((point) => {
      const spread = point.kind === 'recorded' ? point.spread : null;
      const ends = (one: SeedSpread | null | undefined) => [one?.low ?? null, one?.high ?? null];
      return [
        pointName(point),
        point.alignment,
        ...ends(spread?.rfdAlignment),
        point.uniformity,
        ...ends(spread?.rfdUniformity),
        point.kind === 'paper' ? null : point.sts,
        point.kind === 'paper' ? point.sts : (spread?.stsb?.mean ?? null),
      ];
    }),
  };
}

/** Key of an exported picture: the colours of the patterns that are drawn, and the scale of the runs' scores. */
export function planeKeys(points: readonly PlaneRun[], scale: StsScale | null): LegendEntry[] {
  const drawn = new Set(points.flatMap((point) => (point.kind === 'run' ? [] : [point.setting.pattern])));
  const patterns = PATTERN_NAMES.filter((name) => drawn.has(name)).map((name): LegendEntry => ({
    label: patternWords(name),
    color: patternColor(name),
    style: 'dots',
  }));
  if (scale === null) return patterns;
  return [
    { label: t('runs.plane.sts'), color: 'var(--sts-low)', style: 'tint', value: scale.low },
    { label: '', color: 'var(--sts-high)', style: 'tint', value: scale.high },
    ...patterns,
  ];
}
