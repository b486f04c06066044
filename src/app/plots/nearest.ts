// Finds the reading for a step: curves are logged at different steps (loss each step, metrics every few), and one
// crosshair applies to all of them.
import type { Reading } from '../../metrics/rfd.ts';
import { firstFrom } from '../../record/series.ts';

/** Index of the first reading whose step is not before `step`. */
const lowerBound = (points: readonly Reading[], step: number): number =>
  firstFrom(points, step, (reading) => reading.step);

/** The reading nearest to a step; the earlier of two at the same distance. */
export function nearest(points: readonly Reading[], step: number): Reading | undefined {
  const at = lowerBound(points, step);
  const [before, after] = [points[at - 1], points[at]];
  if (before === undefined || after === undefined) return before ?? after;
  return step - before.step <= after.step - step ? before : after;
}

/** The next step in a direction at which one of the curves has a reading; undefined at the end. */
export function neighbourStep(
  curves: readonly (readonly Reading[])[],
  step: number,
  direction: 1 | -1,
): number | undefined {
  const candidates = curves
    .map((points) =>
      direction > 0 ? points[lowerBound(points, step + 1e-9)] : points[lowerBound(points, step) - 1],
    )
    .flatMap((reading) => (reading === undefined || reading.step === step ? [] : [reading.step]));
  if (candidates.length === 0) return undefined;
  return direction > 0 ? Math.min(...candidates) : Math.max(...candidates);
}

/** The step of the nearest reading over several curves. */
export function nearestStep(curves: readonly (readonly Reading[])[], step: number): number | undefined {
  let best: number | undefined;
  for (const points of curves) {
    const found = nearest(points, step)?.step;
    if (found !== undefined && (best === undefined || Math.abs(found - step) < Math.abs(best - step)))
      best = found;
  }
  return best;
}
