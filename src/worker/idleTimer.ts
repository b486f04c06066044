// Detects when a run is idle (no commands and no steps for a while), which is the time for low-priority work.

/** Time without a command or a step after which a run is idle, in milliseconds. */
const IDLE_AFTER = 500;

export class IdleTimer {
  private since = performance.now();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onIdle called when the run becomes idle */
  constructor(private readonly onIdle: () => void) {}

  get isIdle(): boolean {
    return performance.now() - this.since >= IDLE_AFTER;
  }

  /** Resets the timer: a command arrived or a step ran. */
  touch(): void {
    this.since = performance.now();
    this.stop();
  }

  /** Schedules onIdle for the moment the run becomes idle, unless it is idle already. */
  arm(): void {
    if (this.isIdle) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.onIdle();
    }, IDLE_AFTER);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
