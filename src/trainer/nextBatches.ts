// The batches of the next step and their token rows. They are prefetched while the device computes the previous step,
// and drawn again if an example is added in the meantime.
import {
  batches as walkEpochs,
  startCursor,
  type Batch,
  type BatchCursor,
  type BatchPlan,
} from '../data/batches.ts';
import type { Example } from '../data/mix.ts';
import { Failure } from '../util/failure.ts';
import type { Prepared } from './prepare.ts';
import type { StepRows, TokenisedExample } from './views.ts';

export interface StepBatches {
  /** More than one if gradients are accumulated. */
  batches: Batch[];
  /** One entry per batch. */
  rows: StepRows[];
}

type Source = Pick<Prepared, 'plan' | 'views' | 'examples'>;

export class NextBatches {
  /** The position from which the next step draws. */
  private current: BatchCursor = startCursor();
  /** The generator's position: the same, or the position after the prefetched step. */
  private generatorCursor: BatchCursor;
  private generator: Generator<Batch, void>;
  /** Examples added to the next batch. */
  private added: number[] = [];
  private prefetched: (StepBatches & { step: number }) | undefined;

  /** @param count number of batches per step */
  constructor(
    private readonly source: Source,
    private readonly count: number,
  ) {
    this.generatorCursor = copyOf(this.current);
    this.generator = walkEpochs(source.plan, this.generatorCursor);
  }

  get cursor(): BatchCursor {
    return copyOf(this.current);
  }

  /** Takes the batches of this step. */
  take(step: number): StepBatches {
    if (this.prefetched?.step !== step) this.discardPrefetched();
    const { batches, rows } = this.prefetch(step);
    this.prefetched = undefined;
    this.current = copyOf(this.generatorCursor);
    this.added = [];
    return { batches, rows };
  }

  /** Draws the batches of this step in advance, unless that has been done already. */
  prefetch(step: number): StepBatches {
    if (this.prefetched) return this.prefetched;
    const { plan, views, examples } = this.source;
    const batches = drawBatches(this.generator, plan, this.added, this.count);
    const rows = batches.map((batch) => views.batchRows(examples, batch));
    this.prefetched = { step, batches, rows };
    return this.prefetched;
  }

  /** Adds a new example to the next batch. */
  addExample(example: number): void {
    this.discardPrefetched();
    this.added.push(example);
  }

  /** Continues at another position, without the added examples. */
  moveTo(cursor: BatchCursor): void {
    this.added = [];
    this.current = copyOf(cursor);
    this.restartGenerator();
  }

  /** Returns the batches that the next step would have with these examples added; changes nothing. */
  peek(joining: readonly Example[]): { examples: TokenisedExample[]; batches: Batch[] } {
    const { plan, views, examples } = this.source;
    const all = [...examples, ...joining.map((example) => views.tokenise(example))];
    const peeked = {
      ...plan,
      generated: all.map((example) => example.generated),
      since: all.map((_, i) => (i < examples.length ? plan.since[i] : this.current.epoch + 1)),
    };
    const allAdded = [...this.added, ...joining.map((_, i) => examples.length + i)];
    return {
      examples: all,
      batches: drawBatches(walkEpochs(peeked, this.cursor), peeked, allAdded, this.count),
    };
  }

  /** Discards prefetched batches, which are no longer valid. */
  private discardPrefetched(): void {
    if (this.prefetched) this.restartGenerator();
  }

  private restartGenerator(): void {
    this.prefetched = undefined;
    this.generatorCursor = copyOf(this.current);
    this.generator = walkEpochs(this.source.plan, this.generatorCursor);
  }
}

function copyOf({ epoch, position, waiting }: BatchCursor): BatchCursor {
  return { epoch, position, waiting: [...waiting] };
}

/** @param added examples that are added to the first batch; @param count number of batches per step */
function drawBatches(
  walk: Generator<Batch, void>,
  plan: BatchPlan,
  added: readonly number[],
  count: number,
): Batch[] {
  const drawn = Array.from({ length: count }, () => {
    const next = walk.next();
    if (next.done) throw new Failure('There is no training data left to draw from.');
    return next.value;
  });
  for (const i of added) drawn[0]![plan.generated[i] ? 'generated' : 'plain'].push(i);
  return drawn;
}
