// The batch sampler: selects the examples of each step, as in the paper's hybrid batches.
//
// The sampler goes through a shuffled list of all examples, `batch` at a time. Plain examples are used in the current
// step. Generated groups wait until there are at least `generatedBatch` of them, and are then all added to the step's
// plain examples (utils.py:333-369 of the authors' code). The batch size therefore varies, and leftover groups wait
// until the next epoch. A step that would be empty is skipped (the original code crashes there).
import { Random } from '../util/random.ts';

/** Position of the sampler; stored in checkpoints. */
export interface BatchCursor {
  epoch: number;
  /** Index of the next example in this epoch's order. */
  position: number;
  /** Indices of the generated groups that are waiting. */
  waiting: number[];
}

export interface Batch {
  /** Indices into the examples. */
  plain: number[];
  generated: number[];
  /** The epoch it was drawn in. */
  epoch: number;
}

export interface BatchPlan {
  /** For each example: is it a generated group? */
  generated: readonly boolean[];
  batch: number;
  generatedBatch: number;
  /** First epoch that includes each example, 0 by default. Examples can be added during training. */
  since?: readonly (number | undefined)[] | undefined;
  /** Shuffles every epoch; without it the examples keep their order. */
  random?: Random | undefined;
}

export function startCursor(): BatchCursor {
  return { epoch: 0, position: 0, waiting: [] };
}

function epochOrder(plan: BatchPlan, epoch: number): number[] {
  const order = plan.generated.map((_, i) => i).filter((i) => (plan.since?.[i] ?? 0) <= epoch);
  return plan.random ? plan.random.fork(epoch).shuffled(order) : order;
}

/** The next batch of the epoch, or undefined at its end (the cursor then points to the next epoch). */
function nextInEpoch(plan: BatchPlan, order: readonly number[], cursor: BatchCursor): Batch | undefined {
  while (cursor.position < order.length) {
    const taken = order.slice(cursor.position, cursor.position + plan.batch);
    cursor.position += taken.length;
    const plain = taken.filter((i) => !plan.generated[i]);
    cursor.waiting.push(...taken.filter((i) => plan.generated[i]));
    const generated = cursor.waiting.length >= plan.generatedBatch ? cursor.waiting : [];
    if (generated.length) cursor.waiting = [];
    if (plain.length + generated.length > 0) return { plain, generated, epoch: cursor.epoch };
  }
  cursor.epoch++;
  cursor.position = 0;
  return undefined;
}

/** Yields batches, epoch after epoch, and advances the cursor. Ends only if there are no examples. */
export function* batches(plan: BatchPlan, cursor: BatchCursor): Generator<Batch, void> {
  while (plan.generated.length > 0) {
    const order = epochOrder(plan, cursor.epoch);
    let batch: Batch | undefined;
    while ((batch = nextInEpoch(plan, order, cursor))) yield batch;
  }
}

/** Number of steps in the first epoch. */
export function stepsPerEpoch(plan: BatchPlan): number {
  const order = epochOrder(plan, 0);
  const cursor = startCursor();
  let steps = 0;
  while (nextInEpoch(plan, order, cursor)) steps++;
  return Math.max(1, steps);
}
