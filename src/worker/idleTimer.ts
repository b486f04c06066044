// A run is at rest when nothing has been asked of it for a while: time for what can wait.

/** Milliseconds without a command or a step. */
const REST = 500;

export class IdleTimer {
  private since = performance.now();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param nudge called when the rest begins */
  constructor(private readonly nudge: () => void) {}

  get isIdle(): boolean {
    return performance.now() - this.since >= REST;
  }

  /** Something was asked or done. */
  touch(): void {
    this.since = performance.now();
    this.stop();
  }

  /** Nudges when the rest begins, if it has not yet. */
  arm(): void {
    if (this.isIdle) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.nudge();
    }, REST);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
