// The batches of the next step: taken from the walk, or only looked at.
import { batches, type Batch, type BatchCursor, type BatchPlan } from '../data/batches.ts';
import type { Example } from '../data/mix.ts';
import { Failure } from '../util/failure.ts';
import type { Prepared } from './prepare.ts';
import type { TokenisedExample } from './views.ts';

/** @param awaited examples that the first batch takes besides its own; @param count batches of one step */
export function drawBatches(
  walk: Generator<Batch, void>,
  plan: BatchPlan,
  awaited: readonly number[],
  count: number,
): Batch[] {
  const drawn = Array.from({ length: count }, () => {
    const next = walk.next();
    if (next.done) throw new Failure('There is no training data left to draw from.');
    return next.value;
  });
  for (const i of awaited) drawn[0]![plan.generated[i] ? 'generated' : 'plain'].push(i);
  return drawn;
}

/** What the next step would draw after these examples had joined; nothing joins, and nothing is taken. */
export function peekBatches(
  { plan, views, examples }: Pick<Prepared, 'plan' | 'views' | 'examples'>,
  { epoch, position, waiting }: BatchCursor,
  awaited: readonly number[],
  joining: readonly Example[],
  count: number,
): { examples: TokenisedExample[]; taken: Batch[] } {
  const all = [...examples, ...joining.map((example) => views.tokenise(example))];
  const peeked = {
    ...plan,
    generated: all.map((example) => example.generated),
    since: all.map((_, i) => (i < examples.length ? plan.since[i] : epoch + 1)),
  };
  const walk = batches(peeked, { epoch, position, waiting: [...waiting] });
  const alsoAwaited = [...awaited, ...joining.map((_, i) => examples.length + i)];
  return { examples: all, taken: drawBatches(walk, peeked, alsoAwaited, count) };
}
