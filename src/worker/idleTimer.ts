// A run is idle when nothing has been asked of it for a while: time for work that can wait.

/** Milliseconds without a command or a step. */
const IDLE_AFTER = 500;

export class IdleTimer {
  private since = performance.now();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onIdle called when the run has become idle */
  constructor(private readonly onIdle: () => void) {}

  get isIdle(): boolean {
    return performance.now() - this.since >= IDLE_AFTER;
  }

  /** Something was asked or done. */
  touch(): void {
    this.since = performance.now();
    this.stop();
  }

  /** Calls onIdle after the time that makes a run idle, if it is not idle already. */
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
