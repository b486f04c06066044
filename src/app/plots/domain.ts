// Axes that do not jump: a domain begins at round numbers, grows by calm, round steps when a value leaves it, and
// never shrinks while the run lasts.
import { ticks, tickStep } from 'd3-array';
import type { Domain } from './thinned.ts';

/** Share of the span that is added beyond the value which left the domain, so that the next one need not grow it again. */
const ROOM = 0.25;

/** The union of extents; null when all are. */
export function union(extents: readonly (Domain | null)[]): Domain | null {
  let result: Domain | null = null;
  for (const extent of extents) {
    if (extent === null) continue;
    result = result === null ? extent : [Math.min(result[0], extent[0]), Math.max(result[1], extent[1])];
  }
  return result;
}

/**
 * Rounds outwards to whole tick steps; a side whose values have one sign does not cross zero because of the rounding.
 * Not d3's nice(): that chooses the step again after it has grown the domain, and leaves up to a third of the axis empty.
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

  /** @param start what the domain covers before anything is known, for instance zero */
  constructor(private readonly start: Domain | null = null) {}

  /** @param run what the values belong to; another one lets the domain begin anew */
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

/** Room is no reason to show numbers of the other sign (a loss below zero). */
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
 * Whole steps only, and so few that their numbers stand well apart.
 * @param room length of the axis in em
 */
export function stepTicks([low, high]: Domain, room: number): number[] {
  const digits = String(Math.round(high)).length;
  const count = Math.max(2, Math.min(5, Math.floor(room / (digits + 2))));
  return axisTicks([low, high], count).filter(Number.isInteger);
}

/** The last step of the axis: what the run will make, or what it has made beyond that. */
export function stepDomain(totalSteps: number, lastSteps: readonly (number | undefined)[]): Domain {
  return [0, Math.max(1, totalSteps, ...lastSteps.map((step) => step ?? 0))];
}
