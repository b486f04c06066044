// Reports the progress of some work to the page, in tenths; short work is not reported at all.
import type { Report } from './protocol.ts';

/** Milliseconds. Shorter work is over before anybody has read what it is. */
const SHORT = 400;
const PARTS = 10;

type Preparing = Extract<Report, { type: 'preparing' }>;

/** Returns a function to call with the fraction that is done, up to 1. */
export function progressReporter(
  what: Preparing['what'],
  post: (report: Preparing) => void,
  short = SHORT,
): (fraction: number) => void {
  let startedAt: number | undefined;
  let reported = -1;
  return (fraction) => {
    startedAt ??= performance.now();
    const part = Math.floor(fraction * PARTS);
    const isLong = performance.now() - startedAt >= short;
    // Work that was never reported does not report its end either.
    if (part > reported && isLong && (part < PARTS || reported >= 0)) {
      reported = part;
      post({ type: 'preparing', what, share: part / PARTS });
    }
    if (fraction < 1) return;
    startedAt = undefined;
    reported = -1;
  };
}
