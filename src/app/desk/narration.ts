// Screen-reader announcements about a training: its status, and its progress after every tenth of the run.
import type { TrainingStatus } from '../live/phase.ts';
import { t } from '../messages/t.ts';
import { readingAt, type RunSeries } from '../../record/series.ts';

/** Number of parts of a run; the progress is announced after each of them. */
const PARTS = 10;

/** The part of the run that a step is in; a new part triggers an announcement. */
export function partOf(step: number, total: number): number {
  return total > 0 ? Math.floor((step / total) * PARTS) : 0;
}

export function narrateStatus(status: TrainingStatus, step: number, total: number): string {
  return t(`shell.narration.${status}`, { step, total });
}

export function narrateProgress(series: RunSeries, step: number, total: number): string {
  const parts = [
    ['loss', series.loss],
    ['alignment', series.alignment.train],
    ['uniformity', series.uniformity.train],
    ['sts', series.sts],
  ] as const;
  const values = parts.flatMap(([name, readings]) => {
    const reading = readingAt(readings, step);
    return reading === null ? [] : [t(`shell.narration.${name}`, { value: reading.value.toFixed(2) })];
  });
  return t('shell.narration.progress', { step, total, values: values.join(', ') });
}
