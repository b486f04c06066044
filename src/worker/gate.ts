// Controls whether and when training may run its next step: play, pause, single step, limited speed.

export class Gate {
  private mode: 'closed' | 'once' | 'open' = 'closed';
  /** Milliseconds between two steps. */
  private interval = 0;
  /** Earliest start of the next step, in milliseconds (performance.now()). */
  private next = 0;
  private woken = false;
  private cancelled = false;
  private endWait: (() => void) | undefined;

  get isOpen(): boolean {
    return this.mode !== 'closed';
  }

  /** Whether the next step may run immediately. */
  get isReady(): boolean {
    return this.isOpen && !this.woken && !this.cancelled && this.next <= performance.now();
  }

  /** Lets steps through until paused. @param rate maximum steps per second; null: as fast as possible */
  play(rate: number | null): void {
    this.mode = 'open';
    this.interval = rate === null ? 0 : 1000 / rate;
    this.next = performance.now();
    this.endWait?.();
  }

  pause(): void {
    this.mode = 'closed';
  }

  /** Lets one step through. */
  stepOnce(): void {
    this.mode = 'once';
    this.next = performance.now();
    this.endWait?.();
  }

  /** Signals that there is something to do besides stepping: ends the current wait, or the next one. */
  wake(): void {
    this.woken = true;
    this.endWait?.();
  }

  /** Call when training is stopped: ends all waits, now and later. */
  cancel(): void {
    this.cancelled = true;
    this.endWait?.();
  }

  /** Waits until there is something to do. */
  async wait(): Promise<'step' | 'woken' | 'cancelled'> {
    for (;;) {
      if (this.cancelled) return 'cancelled';
      if (this.woken) {
        this.woken = false;
        return 'woken';
      }
      const milliseconds = this.next - performance.now();
      if (this.mode !== 'closed' && milliseconds <= 0) {
        if (this.mode === 'once') this.mode = 'closed';
        this.next = Math.max(this.next + this.interval, performance.now());
        return 'step';
      }
      await this.timeout(this.mode === 'closed' ? undefined : milliseconds);
    }
  }

  /** @param milliseconds undefined: waits until something happens */
  private timeout(milliseconds: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
      this.endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
