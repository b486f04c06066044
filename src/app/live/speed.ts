// How fast a training goes, as measured on the page: steps over the last few seconds.

/** Averaging window, in milliseconds. */
const WINDOW = 4000;

export class SpeedMeter {
  private marks: { time: number; step: number }[] = [];

  reset(): void {
    this.marks = [];
  }

  /** Steps a second, or null before two marks. */
  mark(step: number, time: number): number | null {
    this.marks.push({ time, step });
    const before = this.marks.filter((mark) => time - mark.time > WINDOW).length;
    // Slow steps: two marks stay, however old the first one is.
    this.marks = this.marks.slice(Math.min(before, Math.max(0, this.marks.length - 2)));
    const [first] = this.marks;
    if (first === undefined || time <= first.time || step <= first.step) return null;
    return ((step - first.step) / (time - first.time)) * 1000;
  }
}
