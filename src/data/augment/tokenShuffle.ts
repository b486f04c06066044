// Token shuffle: puts a sentence's tokens into random order.
import type { Random } from '../../util/random.ts';

export function tokenShuffle(ids: readonly number[], random: Random): number[] {
  return random.shuffled(ids);
}
