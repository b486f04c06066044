// Learning rate schedules, as a factor of the peak learning rate (as in Hugging Face's get_scheduler).
import type { Config } from '../run/config.ts';

/**
 * The factor for the next update, with k = step:
 *
 *   k < warm-up      k / warm-up       (with warm-up, the first update therefore has rate 0)
 *   linear after     (total - k) / (total - warm-up)
 *   cosine after     (1 + cos(pi * progress)) / 2
 *   constant after   1
 *
 * @param step number of updates made so far (0 before the first)
 */
export function scheduleFactor(
  schedule: Config['schedule'],
  step: number,
  warmup: number,
  total: number,
): number {
  if (step < warmup) return step / warmup;
  if (schedule === 'constant') return 1;
  const progress = Math.min(1, (step - warmup) / Math.max(1, total - warmup));
  return schedule === 'linear' ? 1 - progress : (1 + Math.cos(Math.PI * progress)) / 2;
}
