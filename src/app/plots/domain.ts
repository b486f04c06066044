// Axes that do not jump: a domain has round ends, grows by round steps when a value leaves it, and never shrinks
// during a run.
import { ticks, tickStep } from 'd3-array';
import type { Domain } from './thinned.ts';

/** Share of the span added beyond a value that left the domain, so that the next value does not make it grow again. */
const ROOM = 0.25;

/** The union of extents; null when all are null. */
export function union(extents: readonly (Domain | null)[]): Domain | null {
  let result: Domain | null = null;
  for (const extent of extents) {
    if (extent === null) continue;
    result = result === null ? extent : [Math.min(result[0], extent[0]), Math.max(result[1], extent[1])];
  }
  return result;
}

/**
 * Rounds outwards to whole tick steps; if all values have one sign, rounding does not cross zero. Not d3's nice(),
 * which chooses the step again after it has extended the domain, and leaves up to a third of the axis empty.
 */
export function roundOut([low, high]: Domain, count = 4): Domain {
  const span = high > low ? high - low : Math.abs(low) * 0.2 || 1;
  const [a, b] = high > low ? [low, high] : [low - span / 2, high + span / 2];
  const step = tickStep(a, b, count);
  const round = (value: number) => Number(value.toPrecision(12)); // 0.1 * 3 is not 0.30000000000000004
  const from = round(Math.floor(a / step + 1e-9) * step);
  const to = round(Math.ceil(b / step - 1e-9) * step);
  return [low >= 0 ? Math.max(0, from) : from, high <= 0 ? Math.min(0, to) : to];
}

export class CalmDomain {
  private run: unknown;
  private domain: Domain | null = null;

  /** @param start the initial domain, for instance to include zero */
  constructor(private readonly start: Domain | null = null) {}

  /** @param run what the values belong to; when it changes, the domain starts over */
  fit(extent: Domain | null, run?: unknown): Domain {
    if (run !== this.run) {
      this.run = run;
      this.domain = null;
    }
    if (this.domain === null) {
      const first = union([this.start, extent]);
      if (extent === null) return first === null ? [0, 1] : roundOut(first);
      this.domain = roundOut(first!);
    }
    const [low, high] = this.domain;
    if (extent === null || (extent[0] >= low && extent[1] <= high)) return this.domain;
    const [a, b] = union([this.domain, extent])!;
    const room = (b - a) * ROOM;
    const lower = extent[0] < low ? stopAtZero(a, a - room) : a;
    const upper = extent[1] > high ? stopAtZero(b, b + room) : b;
    const [from, to] = roundOut([lower, upper]);
    this.domain = [Math.min(from, low), Math.max(to, high)];
    return this.domain;
  }
}

/** Extra room must not extend the axis to numbers of the other sign (a loss below zero). */
function stopAtZero(value: number, withRoom: number): number {
  return value !== 0 && Math.sign(withRoom) === -Math.sign(value) ? 0 : withRoom;
}

/** A few round numbers within the domain, never many more than asked for. */
export function axisTicks([low, high]: Domain, count: number): number[] {
  for (let fewer = count; fewer > 1; fewer--) {
    const found = ticks(low, high, fewer);
    if (found.length <= count + 1) return found;
  }
  return ticks(low, high, 1);
}

/**
 * Whole steps only, and few enough that their labels are well separated.
 * @param room length of the axis in em
 */
export function stepTicks([low, high]: Domain, room: number): number[] {
  const digits = String(Math.round(high)).length;
  const count = Math.max(2, Math.min(5, Math.floor(room / (digits + 2))));
  return axisTicks([low, high], count).filter(Number.isInteger);
}

/** The domain of the step axis, up to the planned number of steps, or the last step of a longer run. */
export function stepDomain(totalSteps: number, lastSteps: readonly (number | undefined)[]): Domain {
  return [0, Math.max(1, totalSteps, ...lastSteps.map((step) => step ?? 0))];
}
