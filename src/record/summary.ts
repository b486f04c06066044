// The summary of a run: a few figures that `train` and `report` print as JSON and the page lists.
import { z } from 'zod';
import { rfd } from '../metrics/rfd.ts';
import { readingAt, type MetricSeries } from './series.ts';

/** null if it was not measured or is undefined. */
const figure = z.number().nullable();

export const runSummarySchema = z.object({
  /** The last step. */
  steps: z.int().min(0),
  /** Of the last logged step. */
  loss: figure,
  /** Spearman correlation, -1 to 1 (not times 100). The best is of a trained model: step 0 does not count. */
  sts: z.object({ first: figure, best: figure, last: figure }),
  /** The last measured values: held-out training data, and evaluation data. */
  alignment: z.object({ train: figure, eval: figure }),
  uniformity: z.object({ train: figure, eval: figure }),
  /** Relative fitting difficulty: mean over measured steps after step 0 of (held-out training - evaluation). */
  rfd: z.object({ alignment: figure, uniformity: figure }),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

/** Summary of a run that has not begun. */
export const EMPTY_SUMMARY: RunSummary = {
  steps: 0,
  loss: null,
  sts: { first: null, best: null, last: null },
  alignment: { train: null, eval: null },
  uniformity: { train: null, eval: null },
  rfd: { alignment: null, uniformity: null },
};

const finite = (value: number | null | undefined): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/**
 * The highest STS score of a trained model, the first one if there are several: the score before training (step 0) does
 * not count. null if none has been measured.
 */
export function bestSts({ sts }: Pick<MetricSeries, 'sts'>): { step: number; sts: number } | null {
  let best: { step: number; sts: number } | null = null;
  for (const { step, value } of sts)
    if (step > 0 && Number.isFinite(value) && (best === null || value > best.sts))
      best = { step, sts: value };
  return best;
}

/** @param loss loss of the last logged step */
export function summarize(
  { alignment, uniformity, sts }: MetricSeries,
  steps: number,
  loss: number | null | undefined,
): RunSummary {
  const scores = sts.filter(({ value }) => Number.isFinite(value));
  const last = ({ train, eval: evaluation }: MetricSeries['alignment']) => ({
    train: finite(readingAt(train)?.value),
    eval: finite(readingAt(evaluation)?.value),
  });
  const difficulty = ({ train, eval: evaluation }: MetricSeries['alignment']) =>
    finite(rfd(train, evaluation).value);
  return {
    steps,
    loss: finite(loss),
    sts: {
      first: finite(scores[0]?.value),
      best: bestSts({ sts })?.sts ?? null,
      last: finite(readingAt(scores)?.value),
    },
    alignment: last(alignment),
    uniformity: last(uniformity),
    rfd: { alignment: difficulty(alignment), uniformity: difficulty(uniformity) },
  };
}
