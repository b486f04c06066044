// Animates points from one position to the next: in a straight line and in a fixed time, whatever the distance.

export class Motion {
  /** [points, 3] */
  private from: Float64Array = new Float64Array(0);
  private to: Float64Array = new Float64Array(0);
  private start = 0;
  private duration = 0;

  /**
   * Sets new target positions; a new point appears at its target.
   * @param duration milliseconds
   */
  aim(to: Float64Array, now: number, duration: number): void {
    const here = this.at(now);
    this.from = to.slice();
    for (let i = 0; i < Math.min(here.length, to.length); i++) {
      if (Number.isFinite(here[i]!)) this.from[i] = here[i]!;
    }
    this.to = to;
    this.start = now;
    this.duration = duration;
  }

  /** Moves the points here at once (the view has changed its units); the motion continues from here. */
  place(from: Float64Array): void {
    this.from = from;
    this.to = from;
    this.duration = 0;
  }

  moving(now: number): boolean {
    return now < this.start + this.duration;
  }

  at(now: number): Float64Array {
    const part = this.duration > 0 ? Math.min(1, Math.max(0, (now - this.start) / this.duration)) : 1;
    if (part >= 1) return this.to;
    const here = new Float64Array(this.to.length);
    for (let i = 0; i < here.length; i++) here[i] = this.from[i]! + part * (this.to[i]! - this.from[i]!);
    return here;
  }
}
