// The result figures of a run as text, for the list of runs and the comparison.
import { stepText, valueText } from '../plots/format.ts';
import type { RunSummary } from '../../record/summary.ts';
import { t } from '../messages/t.ts';
import type { StoredRun } from '../state/runs.svelte.ts';

export const FIGURES = ['stsBest', 'stsLast', 'loss', 'rfdAlignment', 'rfdUniformity'] as const;
export type Figure = (typeof FIGURES)[number];

const VALUES: Record<Figure, (summary: RunSummary) => number | null> = {
  stsBest: ({ sts }) => sts.best,
  stsLast: ({ sts }) => sts.last,
  loss: ({ loss }) => loss,
  rfdAlignment: ({ rfd }) => rfd.alignment,
  rfdUniformity: ({ rfd }) => rfd.uniformity,
};

export const figureText = (summary: RunSummary, figure: Figure): string => valueText(VALUES[figure](summary));

const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });
const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
export const dayText = (created: number): string => day.format(created);
export const momentText = (created: number): string => moment.format(created);

/** "stopped at step 40 of 120" */
export function statusText({ status, summary, header }: StoredRun): string {
  const total = stepText(header?.steps ?? summary.steps);
  return t(`runs.status.${status}`, { step: stepText(summary.steps), total });
}
