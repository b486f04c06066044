// The batches of the next step and their token rows. They are made while the device still computes the step before, and
// made again when something has joined since.
import { batches, startCursor, type Batch, type BatchCursor, type BatchPlan } from '../data/batches.ts';
import type { Example } from '../data/mix.ts';
import { Failure } from '../util/failure.ts';
import type { Prepared } from './prepare.ts';
import type { StepRows, TokenisedExample } from './views.ts';

export interface StepBatches {
  /** More than one where gradients are accumulated. */
  taken: Batch[];
  /** One for each batch. */
  rows: StepRows[];
}

type Source = Pick<Prepared, 'plan' | 'views' | 'examples'>;

export class NextBatches {
  /** Where the next step begins to draw. */
  private at: BatchCursor = startCursor();
  /** The same, or after the step that is made ahead; the walk drives it. */
  private walked: BatchCursor;
  private walk: Generator<Batch, void>;
  /** Examples that the next batch takes besides its own. */
  private awaited: number[] = [];
  private ahead: (StepBatches & { step: number }) | undefined;

  /** @param count batches of one step */
  constructor(
    private readonly source: Source,
    private readonly count: number,
  ) {
    this.walked = copyOf(this.at);
    this.walk = batches(source.plan, this.walked);
  }

  get cursor(): BatchCursor {
    return copyOf(this.at);
  }

  /** Takes what this step is made of. */
  take(step: number): StepBatches {
    if (this.ahead?.step !== step) this.forget();
    this.prepare(step);
    const { taken, rows } = this.ahead!;
    this.ahead = undefined;
    this.at = copyOf(this.walked);
    this.awaited = [];
    return { taken, rows };
  }

  /** Makes what this step will be made of, unless that is done. Nothing is taken. */
  prepare(step: number): void {
    if (this.ahead) return;
    const { plan, views, examples } = this.source;
    const taken = drawBatches(this.walk, plan, this.awaited, this.count);
    this.ahead = { step, taken, rows: taken.map((batch) => views.batchRows(examples, batch, step)) };
  }

  /** The next batch takes an example that was not there before. */
  join(example: number): void {
    this.forget();
    this.awaited.push(example);
  }

  /** Goes to another place of the walk, where no example is awaited. */
  moveTo(cursor: BatchCursor): void {
    this.awaited = [];
    this.at = copyOf(cursor);
    this.walkAgain();
  }

  /** What the next step would take after these examples had joined; nothing joins, and nothing is taken. */
  peek(joining: readonly Example[]): { examples: TokenisedExample[]; taken: Batch[] } {
    const { plan, views, examples } = this.source;
    const all = [...examples, ...joining.map((example) => views.tokenise(example))];
    const peeked = {
      ...plan,
      generated: all.map((example) => example.generated),
      since: all.map((_, i) => (i < examples.length ? plan.since[i] : this.at.epoch + 1)),
    };
    const alsoAwaited = [...this.awaited, ...joining.map((_, i) => examples.length + i)];
    return {
      examples: all,
      taken: drawBatches(batches(peeked, this.cursor), peeked, alsoAwaited, this.count),
    };
  }

  /** What was made ahead does not hold any more. */
  private forget(): void {
    if (this.ahead) this.walkAgain();
  }

  private walkAgain(): void {
    this.ahead = undefined;
    this.walked = copyOf(this.at);
    this.walk = batches(this.source.plan, this.walked);
  }
}

function copyOf({ epoch, position, waiting }: BatchCursor): BatchCursor {
  return { epoch, position, waiting: [...waiting] };
}

/** @param awaited examples that the first batch takes besides its own; @param count batches of one step */
function drawBatches(
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
