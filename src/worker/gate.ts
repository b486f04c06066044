// Between two steps: whether the training may make the next one, and when.

export class Gate {
  private mode: 'closed' | 'once' | 'open' = 'closed';
  /** Milliseconds between two steps. */
  private interval = 0;
  /** When the next step may begin. */
  private next = 0;
  private nudged = false;
  private abandoned = false;
  private wake: (() => void) | undefined;

  get isOpen(): boolean {
    return this.mode !== 'closed';
  }

  /** May the next step be made at once? */
  get isReady(): boolean {
    return this.isOpen && !this.nudged && !this.abandoned && this.next <= performance.now();
  }

  /** Lets steps through until paused. @param rate at most so many a second, null for as many as there can be */
  play(rate: number | null): void {
    this.mode = 'open';
    this.interval = rate === null ? 0 : 1000 / rate;
    this.next = performance.now();
    this.wake?.();
  }

  pause(): void {
    this.mode = 'closed';
  }

  /** Lets one step through. */
  once(): void {
    this.mode = 'once';
    this.next = performance.now();
    this.wake?.();
  }

  /** There is something to do besides stepping: ends the wait once. */
  nudge(): void {
    this.nudged = true;
    this.wake?.();
  }

  /** The training is given up: nothing waits here any more. */
  abandon(): void {
    this.abandoned = true;
    this.wake?.();
  }

  /** Waits for the next thing to do. */
  async pass(): Promise<'step' | 'nudge' | 'abandoned'> {
    for (;;) {
      if (this.abandoned) return 'abandoned';
      if (this.nudged) {
        this.nudged = false;
        return 'nudge';
      }
      const wait = this.next - performance.now();
      if (this.mode !== 'closed' && wait <= 0) {
        if (this.mode === 'once') this.mode = 'closed';
        this.next = Math.max(this.next + this.interval, performance.now());
        return 'step';
      }
      await this.awake(this.mode === 'closed' ? undefined : wait);
    }
  }

  private awake(timeout: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = timeout === undefined ? undefined : setTimeout(resolve, timeout);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
