// A run in a few figures: how far it came and what it reached.
import { rfd } from '../../metrics/rfd.ts';
import type { RunSeries } from '../../record/series.ts';
import type { RunSummary } from '../storage/runStore.ts';

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

export const NOTHING_YET: RunSummary = {
  step: 0,
  loss: null,
  stsBest: null,
  stsLast: null,
  rfdAlignment: null,
  rfdUniformity: null,
};

export function summaryOf({ loss, sts, alignment, uniformity }: RunSeries, step: number): RunSummary {
  const scores = sts.map(({ value }) => value).filter(Number.isFinite);
  return {
    step,
    loss: finite(loss.at(-1)?.value),
    stsBest: scores.length === 0 ? null : scores.reduce((a, b) => Math.max(a, b)),
    stsLast: finite(scores.at(-1)),
    rfdAlignment: finite(rfd(alignment.train, alignment.eval).value),
    rfdUniformity: finite(rfd(uniformity.train, uniformity.eval).value),
  };
}
