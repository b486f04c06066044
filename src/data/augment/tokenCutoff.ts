// Token cutoff: drops a share of a sentence's tokens (Shen et al. 2020; 5 % in the paper).
import type { Random } from '../../util/random.ts';

/** Number of tokens to drop from a sentence of `length` tokens: round(rate x n), half to even as in Python. */
export function cutoffCount(length: number, rate: number): number {
  const exact = rate * length;
  const floor = Math.floor(exact);
  return exact - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(exact);
}

/** Drops cutoffCount tokens at random positions; the others keep their order. */
export function tokenCutoff(ids: readonly number[], rate: number, random: Random): number[] {
  const places = ids.map((_, i) => i);
  const dropped = new Set(random.shuffled(places).slice(0, cutoffCount(ids.length, rate)));
  return ids.filter((_, i) => !dropped.has(i));
}
