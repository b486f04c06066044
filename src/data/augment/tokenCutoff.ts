// Token cutoff (Shen et al. 2020; the paper drops 5 % of the tokens).
import type { Random } from '../../util/random.ts';

/** Tokens that cutoff drops from a sentence of `length` tokens: round(rate x n), half to even as Python rounds. */
export function cutoffCount(length: number, rate: number): number {
  const exact = rate * length;
  const floor = Math.floor(exact);
  const rest = exact - floor;
  if (Math.abs(rest - 0.5) < 1e-9) return floor % 2 === 0 ? floor : floor + 1;
  return Math.round(exact);
}

/** Drops cutoffCount tokens at random places; the others keep their order. */
export function tokenCutoff(ids: readonly number[], rate: number, random: Random): number[] {
  const places = ids.map((_, i) => i);
  const dropped = new Set(random.shuffled(places).slice(0, cutoffCount(ids.length, rate)));
  return ids.filter((_, i) => !dropped.has(i));
}
