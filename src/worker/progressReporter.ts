// Reports the progress of longer work to the page, in tenths; short work is not reported at all.
import type { Report } from './protocol.ts';

/** Work shorter than this (milliseconds) is not reported: it would be over before the message could be read. */
const SHORT = 400;
const PARTS = 10;

type Preparing = Extract<Report, { type: 'preparing' }>;

/** @returns a function to call with the completed fraction, 0 to 1 */
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
    // If no progress was reported, the end is not reported either.
    if (part > reported && isLong && (part < PARTS || reported >= 0)) {
      reported = part;
      post({ type: 'preparing', what, share: part / PARTS });
    }
    if (fraction < 1) return;
    startedAt = undefined;
    reported = -1;
  };
}
