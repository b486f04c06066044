// The sentence beside the curves that says how much of the data each figure was measured on.
import { measuredCounts } from '../../record/measuredCounts.ts';
import { t } from '../messages/t.ts';
import type { ShownRun } from './shown.svelte.ts';

/** null before anything has been measured. */
export function measuredNote(run: ShownRun): string | null {
  const { header, points, revision } = run;
  const counts = revision > 0 ? measuredCounts(run.record.events) : null;
  if (header === null || counts === null) return null;
  const { plain, groups, heldOut } = header.corpus;
  const cosines = t('plots.measured.cosines', { followed: points.length, total: plain + groups + heldOut });
  return [cosines, t('plots.measured.train', { ...counts.train }), evaluated(counts.eval)].join(' ');
}

const evaluated = (count: { pairs: number; sentences: number } | null): string =>
  count === null ? t('plots.measured.none') : t('plots.measured.eval', { ...count });
