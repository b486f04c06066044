// The examples of each step: the paper's hybrid batches with their waiting rule.
//
// The sampler walks a shuffled list of all examples, `batch` at a time. Plain examples go into the step at once;
// generated groups wait until at least `generatedBatch` of them are there and then all go together with the step's
// plain ones (utils.py:333-369 of the authors' code). So the batch size varies; what is left over waits into the
// next epoch. A step that would be empty is skipped (the original crashes there).
import { Random } from '../util/random.ts';

/** Position of the sampler; stored in checkpoints as it is. */
export interface BatchCursor {
  epoch: number;
  /** Next place in this epoch's order. */
  position: number;
  /** Indices of generated groups that wait. */
  waiting: number[];
}

export interface Batch {
  /** Indices into the examples. */
  plain: number[];
  generated: number[];
}

export interface BatchPlan {
  /** For each example: is it a generated group? */
  generated: readonly boolean[];
  batch: number;
  generatedBatch: number;
  /** First epoch that includes each example; 0 where left out. Examples can be added while a training runs. */
  since?: readonly (number | undefined)[] | undefined;
  /** Shuffles every epoch; without it the examples come in their own order. */
  random?: Random | undefined;
}

export function startCursor(): BatchCursor {
  return { epoch: 0, position: 0, waiting: [] };
}

function epochOrder(plan: BatchPlan, epoch: number): number[] {
  const order = plan.generated.map((_, i) => i).filter((i) => (plan.since?.[i] ?? 0) <= epoch);
  return plan.random ? plan.random.fork(epoch).shuffled(order) : order;
}

/** The next step's batch within the epoch, or undefined at its end (the cursor is then at the next epoch). */
function nextInEpoch(plan: BatchPlan, order: readonly number[], cursor: BatchCursor): Batch | undefined {
  while (cursor.position < order.length) {
    const taken = order.slice(cursor.position, cursor.position + plan.batch);
    cursor.position += taken.length;
    const plain = taken.filter((i) => !plan.generated[i]);
    cursor.waiting.push(...taken.filter((i) => plan.generated[i]));
    const generated = cursor.waiting.length >= plan.generatedBatch ? cursor.waiting : [];
    if (generated.length) cursor.waiting = [];
    if (plain.length + generated.length > 0) return { plain, generated };
  }
  cursor.epoch++;
  cursor.position = 0;
  return undefined;
}

/** All batches, epoch after epoch without end, advancing the given cursor. Ends only when there are no examples. */
export function* batches(plan: BatchPlan, cursor: BatchCursor): Generator<Batch, void> {
  while (plan.generated.length > 0) {
    const order = epochOrder(plan, cursor.epoch);
    let batch: Batch | undefined;
    while ((batch = nextInEpoch(plan, order, cursor))) yield batch;
  }
}

/** Steps of the first epoch. */
export function stepsPerEpoch(plan: BatchPlan): number {
  const order = epochOrder(plan, 0);
  const cursor = startCursor();
  let steps = 0;
  while (nextInEpoch(plan, order, cursor)) steps++;
  return Math.max(1, steps);
}
