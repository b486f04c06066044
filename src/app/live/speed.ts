// How fast a training goes, as measured on the page: steps over the last few seconds.

/** Milliseconds that are looked back over. */
const WINDOW = 4000;

export class SpeedMeter {
  private marks: { time: number; step: number }[] = [];

  reset(): void {
    this.marks = [];
  }

  /** Steps a second, or null before two marks. */
  mark(step: number, time: number): number | null {
    this.marks.push({ time, step });
    while (this.marks.length > 2 && time - this.marks[0]!.time > WINDOW) this.marks.shift();
    const first = this.marks[0]!;
    if (time <= first.time || step <= first.step) return null;
    return ((step - first.step) / (time - first.time)) * 1000;
  }
}
