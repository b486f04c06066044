// A history of values by step within a byte budget: when it is exceeded, the value whose neighbours are closest to each
// other is dropped, so that the rest stay evenly spread. The first and the newest value are never dropped.

interface ThinnedEntry<T> {
  step: number;
  value: T;
  bytes: number;
}

export class ThinnedHistory<T> {
  bytes = 0;
  private entries: ThinnedEntry<T>[] = [];

  constructor(private readonly limit: number) {}

  get steps(): number[] {
    return this.entries.map(({ step }) => step);
  }

  get newest(): T | undefined {
    return this.entries.at(-1)?.value;
  }

  at(step: number): T | undefined {
    return this.entries.find((entry) => entry.step === step)?.value;
  }

  /** The last value at or before a step. */
  before(step: number): T | undefined {
    return this.entries.findLast((entry) => entry.step <= step)?.value;
  }

  add(step: number, value: T, bytes: number): void {
    this.remove((entry) => entry.step === step);
    const at = this.entries.findLastIndex((entry) => entry.step < step) + 1;
    this.entries.splice(at, 0, { step, value, bytes });
    this.bytes += bytes;
    while (this.bytes > this.limit && this.entries.length > 2) this.thin();
  }

  /** Drops the values after a step. */
  cut(step: number): void {
    this.remove((entry) => entry.step > step);
  }

  clear(): void {
    this.remove(() => true);
  }

  private thin(): void {
    let [dropped, smallest] = [this.entries[1], Infinity];
    this.entries.forEach((entry, i) => {
      const [previous, next] = [this.entries[i - 1], this.entries[i + 1]];
      if (!previous || !next || next.step - previous.step >= smallest) return;
      [dropped, smallest] = [entry, next.step - previous.step];
    });
    this.remove((entry) => entry === dropped);
  }

  private remove(shouldRemove: (entry: ThinnedEntry<T>) => boolean): void {
    this.entries = this.entries.filter((entry) => {
      if (shouldRemove(entry)) this.bytes -= entry.bytes;
      return !shouldRemove(entry);
    });
  }
}
