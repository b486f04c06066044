// The held-out split: which training examples are held out to measure alignment and uniformity.
// Membership depends only on the seed and the anchor sentence, so all settings of a domain hold out the same sentences,
// regardless of what else is in the data.
import { forkKey, seedKey, threefry2x32 } from '../util/random.ts';

/** A number in [0, 1) that depends only on the sentence and the seed. */
function uniformOf(sentence: string, seed: number): number {
  const key = forkKey(forkKey(seedKey(seed), 'held-out'), sentence);
  return threefry2x32(key, [0, 0])[0] / 2 ** 32;
}

/**
 * Splits examples by their anchor. At least `minimum` examples are held out (those with the smallest numbers), so that
 * a tiny corpus can be measured too, and at least one is left to train on.
 */
export function splitHeldOut<T extends { anchor: string }>(
  examples: readonly T[],
  share: number,
  seed: number,
  minimum = 2,
): { train: T[]; heldOut: T[] } {
  const draws = examples.map((example) => ({ example, draw: uniformOf(example.anchor, seed) }));
  const sorted = draws.map(({ draw }) => draw).sort((a, b) => a - b);
  const floor = sorted[Math.min(minimum, examples.length - 1) - 1] ?? -1;
  const largest = sorted.at(-1) ?? 1;
  const isHeldOut = ({ draw }: { draw: number }) => draw < largest && (draw < share || draw <= floor);
  const examplesOf = (drawn: typeof draws) => drawn.map(({ example }) => example);
  return {
    train: examplesOf(draws.filter((drawn) => !isHeldOut(drawn))),
    heldOut: examplesOf(draws.filter(isHeldOut)),
  };
}
