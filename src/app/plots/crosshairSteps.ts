// The steps that the crosshair can be at. Curves have readings at different steps (the loss at each, metrics every few),
// and one crosshair applies to all of them: it stops where one of the curves under it has a reading, and the value of
// every other curve there is `readingAt` of the record.
import { firstFrom } from '../../record/series.ts';

interface Station {
  step: number;
}

/** Index of the first reading whose step is not before `step`. */
const lowerBound = (points: readonly Station[], step: number): number =>
  firstFrom(points, step, (reading) => reading.step);

/** The next step in a direction at which one of the curves has a reading; undefined at the end. */
export function neighbourStep(
  curves: readonly (readonly Station[])[],
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

/** The step nearest to a position at which one of the curves has a reading; the earlier of two at the same distance. */
export function nearestStep(curves: readonly (readonly Station[])[], position: number): number | undefined {
  let best: number | undefined;
  for (const points of curves) {
    const at = lowerBound(points, position);
    for (const step of [points[at - 1]?.step, points[at]?.step])
      if (step !== undefined && (best === undefined || isCloser(step, best, position))) best = step;
  }
  return best;
}

function isCloser(step: number, best: number, position: number): boolean {
  const [distance, least] = [Math.abs(step - position), Math.abs(best - position)];
  return distance < least || (distance === least && step < best);
}
