// Batches follow from seed and cursor alone: a resumed run must see what an uninterrupted one would have seen, no
// example may be lost or seen twice in an epoch, and the hybrid waiting rule must hold on every walk.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batches,
  startCursor,
  stepsPerEpoch,
  type Batch,
  type BatchCursor,
  type BatchPlan,
} from '../../src/data/batches.ts';
import { Random } from '../../src/util/random.ts';

fc.configureGlobal({ seed: 27, numRuns: 200 });

/** The next batches of a walk that drives the cursor. */
function take(plan: BatchPlan, cursor: BatchCursor, count: number): Batch[] {
  const walk = batches(plan, cursor);
  return Array.from({ length: count }, () => walk.next().value as Batch);
}

/** Batches until the cursor has left the epoch it stands in; the last of them belongs to the next one. */
function epoch(plan: BatchPlan, cursor: BatchCursor): Batch[] {
  const walk = batches(plan, cursor);
  const from = cursor.epoch;
  const taken: Batch[] = [];
  for (;;) {
    const batch = walk.next().value as Batch;
    if (cursor.epoch > from) return taken;
    expect(batch.epoch).toBe(from);
    taken.push({ ...batch, plain: [...batch.plain], generated: [...batch.generated] });
  }
}

const plans = fc.record({
  generated: fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
  batch: fc.integer({ min: 1, max: 12 }),
  generatedBatch: fc.integer({ min: 1, max: 8 }),
  random: fc.option(
    fc.nat(100).map((seed) => Random.seeded(seed)),
    { nil: undefined },
  ),
});

const mixed: BatchPlan = {
  generated: Array.from({ length: 50 }, (_, i) => i % 5 === 0),
  batch: 8,
  generatedBatch: 4,
  random: Random.seeded(42),
};

describe('a walk', () => {
  it('goes on from a copied cursor exactly as it would have', () => {
    fc.assert(
      fc.property(plans, fc.nat(20), (plan, before) => {
        const cursor = startCursor();
        const walk = batches(plan, cursor);
        for (let i = 0; i < before; i++) walk.next();
        const saved = JSON.parse(JSON.stringify(cursor)) as BatchCursor;
        const expected = Array.from({ length: 10 }, () => walk.next().value);
        expect(take(plan, saved, 10)).toEqual(expected);
        expect(saved).toEqual(cursor);
      }),
    );
  });

  it('leaves the batches it gave alone', () => {
    const cursor = startCursor();
    const given = take(mixed, cursor, 30);
    expect(given).toEqual(Array.from({ length: 30 }, (_, i) => take(mixed, startCursor(), i + 1).at(-1)));
  });

  it('makes no empty batch, and sends groups only when enough of them wait', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        for (const { plain, generated } of take(plan, startCursor(), 30)) {
          expect(plain.length + generated.length).toBeGreaterThan(0);
          expect(plain.length).toBeLessThanOrEqual(plan.batch);
          if (generated.length) expect(generated.length).toBeGreaterThanOrEqual(plan.generatedBatch);
          expect(plain.every((i) => !plan.generated[i])).toBe(true);
          expect(generated.every((i) => plan.generated[i])).toBe(true);
        }
      }),
    );
  });

  it('sees every example once an epoch; only groups that still wait are late', () => {
    const counts = new Array<number>(mixed.generated.length).fill(0);
    const cursor = startCursor();
    let plainSeen = 0;
    for (const { plain, generated } of batches(mixed, cursor)) {
      for (const i of [...plain, ...generated]) counts[i]!++;
      plainSeen += plain.length;
      if (plainSeen === 4 * 40) break;
    }
    expect(cursor.epoch).toBe(3);
    for (const i of cursor.waiting) counts[i]!++;
    expect(counts).toEqual(mixed.generated.map(() => 4));
    expect(cursor.waiting.length).toBeLessThan(mixed.generatedBatch);
  });

  it('has an order of its own in every epoch with a random, and always the same without', () => {
    const order = (plan: BatchPlan, e: number) =>
      epoch(plan, { epoch: e, position: 0, waiting: [] }).flatMap(({ plain }) => plain);
    expect(order(mixed, 1)).not.toEqual(order(mixed, 0));
    expect(order(mixed, 0)).toEqual(order(mixed, 0));
    expect(order({ ...mixed, random: Random.seeded(43) }, 0)).not.toEqual(order(mixed, 0));
    const unshuffled = { ...mixed, random: undefined };
    expect(order(unshuffled, 1)).toEqual(order(unshuffled, 0));
    expect(order(unshuffled, 0)).toEqual(order(unshuffled, 0).toSorted((a, b) => a - b));
  });

  it('does not move the random it is given', () => {
    const random = Random.seeded(1);
    take({ ...mixed, random }, startCursor(), 20);
    expect(random.state()).toEqual(Random.seeded(1).state());
  });

  it('gathers groups over epochs when one epoch has too few', () => {
    const plan = { generated: [true, true, true], batch: 2, generatedBatch: 5 };
    expect(take(plan, startCursor(), 2)).toMatchObject([
      { plain: [], generated: [0, 1, 2, 0, 1] },
      { plain: [], generated: [2, 0, 1, 2, 0, 1] },
    ]);
  });

  it('ends at once when there is nothing to walk', () => {
    expect(batches({ generated: [], batch: 2, generatedBatch: 1 }, startCursor()).next().done).toBe(true);
  });
});

describe('stepsPerEpoch', () => {
  it('counts the steps that the first epoch makes', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        expect(stepsPerEpoch(plan)).toBe(Math.max(1, epoch(plan, startCursor()).length));
      }),
    );
  });

  it('is the usual quotient for plain data', () => {
    const plan = { generated: new Array<boolean>(100).fill(false), batch: 32, generatedBatch: 1 };
    expect(stepsPerEpoch(plan)).toBe(4);
    expect(stepsPerEpoch({ ...plan, generated: [] })).toBe(1);
  });
});
