// Training speed as measured on the page: steps per second over the last few seconds.

/** Averaging window, in milliseconds. */
const WINDOW = 4000;

export class SpeedMeter {
  private marks: { time: number; step: number }[] = [];

  reset(): void {
    this.marks = [];
  }

  /** Steps per second; null until there are two marks. */
  mark(step: number, time: number): number | null {
    this.marks.push({ time, step });
    const before = this.marks.filter((mark) => time - mark.time > WINDOW).length;
    // With slow steps, two marks are kept, however old the first one is.
    this.marks = this.marks.slice(Math.min(before, Math.max(0, this.marks.length - 2)));
    const [first] = this.marks;
    if (first === undefined || time <= first.time || step <= first.step) return null;
    return ((step - first.step) / (time - first.time)) * 1000;
  }
}
