// The share of some work that is done, told to the page: not at all when the work is short, and then in whole parts.
import type { Report } from './protocol.ts';

/** Shorter work is over before anybody has read what it is. */
const SHORT = 400; // milliseconds
const PARTS = 10;

type Preparing = Extract<Report, { type: 'preparing' }>;

/** Returns what is to be told the share, up to 1. */
export function progressReporter(
  what: Preparing['what'],
  post: (report: Preparing) => void,
  short = SHORT,
): (share: number) => void {
  let began: number | undefined;
  let told = -1;
  return (share) => {
    began ??= performance.now();
    const part = Math.floor(share * PARTS);
    if (part > told && performance.now() - began >= short && (part < PARTS || told >= 0)) {
      told = part;
      post({ type: 'preparing', what, share: part / PARTS });
    }
    if (share < 1) return;
    began = undefined;
    told = -1;
  };
}
