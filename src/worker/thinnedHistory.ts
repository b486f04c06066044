// Things kept by step within a limit of bytes: when it is reached, the one whose neighbours are nearest to each other
// goes, so that what stays is spread evenly. The first and the newest always stay.

interface Kept<T> {
  step: number;
  value: T;
  bytes: number;
}

export class ThinnedHistory<T> {
  bytes = 0;
  private kept: Kept<T>[] = [];

  constructor(private readonly limit: number) {}

  get steps(): number[] {
    return this.kept.map(({ step }) => step);
  }

  get newest(): T | undefined {
    return this.kept.at(-1)?.value;
  }

  at(step: number): T | undefined {
    return this.kept.find((entry) => entry.step === step)?.value;
  }

  /** The last one that is not after a step. */
  before(step: number): T | undefined {
    return this.kept.findLast((entry) => entry.step <= step)?.value;
  }

  add(step: number, value: T, bytes: number): void {
    this.remove((entry) => entry.step === step);
    const at = this.kept.findLastIndex((entry) => entry.step < step) + 1;
    this.kept.splice(at, 0, { step, value, bytes });
    this.bytes += bytes;
    while (this.bytes > this.limit && this.kept.length > 2) this.thin();
  }

  /** Forgets what came after a step. */
  cut(step: number): void {
    this.remove((entry) => entry.step > step);
  }

  clear(): void {
    this.remove(() => true);
  }

  private thin(): void {
    let [place, smallest] = [1, Infinity];
    for (let i = 1; i < this.kept.length - 1; i++) {
      const gap = this.kept[i + 1]!.step - this.kept[i - 1]!.step;
      if (gap < smallest) [place, smallest] = [i, gap];
    }
    this.bytes -= this.kept.splice(place, 1)[0]!.bytes;
  }

  private remove(unwanted: (entry: Kept<T>) => boolean): void {
    this.kept = this.kept.filter((entry) => {
      if (unwanted(entry)) this.bytes -= entry.bytes;
      return !unwanted(entry);
    });
  }
}
