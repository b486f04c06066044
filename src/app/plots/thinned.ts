// Down-sampling of a curve that keeps its extremes: of all readings that fall on one pixel column, the lowest and the
// highest stay. A run of 100,000 steps becomes at most two points per pixel, and no spike is lost.
//
// It works on the array that the run appends to and processes only new readings, so that a redraw costs the same
// however long the run is.
import type { Reading } from '../../metrics/rfd.ts';

export type Domain = readonly [number, number];

export class Thinned {
  private source: readonly Reading[] | undefined;
  private domain: Domain = [0, 1];
  /** Index of the lowest and of the highest reading of each column; -1 where there is none. */
  private lowest = new Int32Array(0);
  private highest = new Int32Array(0);
  private seen = 0;
  private lastSeen: Reading | undefined;
  private first = -1;
  private last = -1;
  private range: [number, number] | null = null;

  /**
   * @param domain steps at the left and the right edge
   * @param width pixels between them
   */
  update(source: readonly Reading[], domain: Domain, width: number): void {
    // One column fewer than pixels, to make room for the first and the last reading, which always stay.
    const columns = Math.max(1, Math.floor(width) - 1);
    if (!this.continues(source, domain, columns)) this.restart(source, domain, columns);
    const scale = columns / (domain[1] - domain[0]);
    for (; this.seen < source.length; this.seen++) {
      const { step, value } = source[this.seen]!;
      if (!Number.isFinite(value) || !Number.isFinite(step)) continue;
      this.take(this.seen, value, Math.min(columns - 1, Math.max(0, Math.floor((step - domain[0]) * scale))));
    }
    this.lastSeen = source[this.seen - 1];
  }

  /** Lowest and highest value of all readings; null when there are none. */
  get extent(): Domain | null {
    return this.range;
  }

  /** The remaining points to draw, by ascending step. */
  points(): Reading[] {
    const source = this.source;
    if (source === undefined || this.first < 0) return [];
    const kept = [source[this.first]!];
    let previous = this.first;
    const keep = (index: number) => {
      if (index < 0 || index === previous) return;
      kept.push(source[index]!);
      previous = index;
    };
    for (let column = 0; column < this.lowest.length; column++) {
      const low = this.lowest[column]!;
      const high = this.highest[column]!;
      if (Math.min(low, high) !== this.first) keep(Math.min(low, high));
      keep(Math.max(low, high));
    }
    keep(this.last);
    return kept;
  }

  /** Whether `source` is the same array, only longer, on the same axis. */
  private continues(source: readonly Reading[], domain: Domain, columns: number): boolean {
    return (
      source === this.source &&
      source.length >= this.seen &&
      source[this.seen - 1] === this.lastSeen &&
      columns === this.lowest.length &&
      domain[0] === this.domain[0] &&
      domain[1] === this.domain[1]
    );
  }

  private restart(source: readonly Reading[], domain: Domain, columns: number): void {
    this.source = source;
    this.domain = domain;
    this.lowest = new Int32Array(columns).fill(-1);
    this.highest = new Int32Array(columns).fill(-1);
    this.seen = 0;
    this.lastSeen = undefined;
    this.first = -1;
    this.last = -1;
    this.range = null;
  }

  private take(index: number, value: number, column: number): void {
    const source = this.source!;
    if (this.first < 0) this.first = index;
    this.last = index;
    this.range =
      this.range === null
        ? [value, value]
        : value < this.range[0]
          ? [value, this.range[1]]
          : value > this.range[1]
            ? [this.range[0], value]
            : this.range;
    const low = this.lowest[column]!;
    if (low < 0 || value < source[low]!.value) this.lowest[column] = index;
    const high = this.highest[column]!;
    if (high < 0 || value > source[high]!.value) this.highest[column] = index;
  }
}
