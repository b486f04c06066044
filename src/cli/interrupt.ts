// Handles Ctrl-C during a run: the first one stops after the current step, a second one stops at once.
import { log } from './output.ts';

/** A Ctrl-C can arrive twice, from the terminal and via npm; signals within this many milliseconds count as one. */
export const DUPLICATE_SIGNAL_MS = 1000;

/** A signal that is aborted by SIGINT, SIGTERM or SIGHUP; a second one exits the process at once. */
export function interruptSignal(): AbortSignal {
  const abort = new AbortController();
  let first = Infinity;
  const interrupt = () => {
    if (performance.now() - first > DUPLICATE_SIGNAL_MS) process.exit(130);
    if (abort.signal.aborted) return;
    first = performance.now();
    abort.abort();
    log('Stopping after this step; press Ctrl-C again to stop at once.');
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt);
  return abort.signal;
}
