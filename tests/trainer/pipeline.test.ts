// What keeps the device busy must not be seen in the numbers: steps read together, batches made ahead, sentences
// measured in batches of one length.
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { batches, startCursor } from '../../src/data/batches.ts';
import { Parameters } from '../../src/encoder/parameters.ts';
import { defaultConfig, type Config } from '../../src/run/config.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { embedRows, lengthBatches } from '../../src/trainer/embed.ts';
import { NextBatches } from '../../src/trainer/nextBatches.ts';
import { prepare, type RunInputs } from '../../src/trainer/prepare.ts';
import { TrainingSession } from '../../src/trainer/session.ts';
import { train, type TrainOptions } from '../../src/trainer/train.ts';
import { Random } from '../../src/util/random.ts';
import { eachBackend } from '../support/backends.ts';
import { tinyGroups, tinyModel, tinyPairs, tinyPlain } from '../support/tiny.ts';

function inputs(config: Partial<Config> = {}): RunInputs {
  return {
    setting: { domain: 'tiny', pattern: 'sts_ht' },
    config: {
      ...defaultConfig(),
      batch: 4,
      generatedBatch: 4,
      steps: 6,
      evaluateEvery: 4,
      measureCap: 4,
      learningRate: 1e-3,
      freezeEmbeddings: false,
      ...config,
    },
    groups: [...tinyPlain(20), ...tinyGroups(16)],
    sts: tinyPairs(6),
    model: tinyModel(),
    device: { name: 'wasm', detail: 'test', reason: 'test' },
    files: ['tiny'],
  };
}

const own = { id: 'own-1', anchor: 'a dog', positive: 'a cat', pattern: 'nli', source: 'typed' } as const;

/** Events without what the clock says. */
async function record(given: RunInputs, options: TrainOptions): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of train(given, options))
    events.push(event.type === 'step' ? { ...event, milliseconds: 0 } : event);
  return events;
}

/** A knob is turned before step 3, and a group joins at step 6. */
function steered(): TrainOptions['control'] {
  let step = 0;
  return {
    changes: {
      take: () => ({
        edits: ++step === 3 ? [{ knob: 'temperature', value: 0.1 }] : [],
        groups: step === 6 ? [own] : [],
      }),
    },
  };
}

/** Sizes of the read-backs of losses and norms: four numbers a step. */
async function reads(act: () => Promise<unknown>): Promise<number[]> {
  const spy = vi.spyOn(tf.Tensor.prototype, 'data');
  try {
    await act();
    return (spy.mock.contexts as tf.Tensor[]).filter(({ rank }) => rank === 1).map(({ size }) => size / 4);
  } finally {
    spy.mockRestore();
  }
}

function breakWeights({ model }: TrainingSession): void {
  const weight = model.parameters.get('encoder.layer.0.output.dense.weight');
  const broken = tf.fill(weight.shape, NaN);
  weight.assign(broken);
  broken.dispose();
}

describe('steps that are read together on', () => {
  eachBackend((backend) => {
    const steps = backend === 'software' ? 3 : 6;

    it('give the same events in the same order, whatever is done between them', async () => {
      const given = inputs({ steps, logEvery: 1 });
      const alone = await record(given, { control: steered() });
      expect(alone.filter(({ type }) => type === 'edit')).toHaveLength(1);
      expect(await record(given, { control: steered(), readbackInterval: Infinity })).toEqual(alone);
    });

    it('need one read-back, and leave no tensor behind', async () => {
      const before = tf.memory().numTensors;
      const session = new TrainingSession(inputs(), Infinity);
      const sizes = await reads(async () => {
        for (let step = 0; step < 3; step++) expect(await session.update()).toEqual([]);
        expect(await session.flushEvents()).toMatchObject([{ step: 1 }, { step: 2 }, { step: 3 }]);
      });
      expect(sizes).toEqual([3]);
      const settled = tf.memory().numTensors;
      await session.update();
      expect(tf.memory().numTensors).toBe(settled + 1);
      session.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});

describe('on wasm', () => {
  eachBackend(() => {
    it('steps longer than a frame are read one by one, shorter ones as many as a frame holds', async () => {
      const clock = vi.spyOn(performance, 'now');
      const sizes = (milliseconds: number) => {
        let now = 0;
        // The clock is looked at twice or more in a step.
        clock.mockImplementation(() => (now += milliseconds / 3));
        const session = new TrainingSession(inputs({ steps: 12 }), 16);
        return reads(async () => {
          for (let step = 0; step < 12; step++) await session.update();
          session.dispose();
        });
      };
      try {
        expect(await sizes(30)).toEqual(Array.from({ length: 12 }, () => 1));
        const together = await sizes(3);
        expect(together[0]).toBe(1); // nothing is known of their length yet
        expect(Math.max(...together)).toBeGreaterThan(2);
        expect(Math.max(...together)).toBeLessThan(9);
        expect(together.reduce((a, b) => a + b, 0)).toBe(12);
      } finally {
        clock.mockRestore();
      }
    });

    it('tell the steps before the first one that is not finite, and stop the run there', async () => {
      const session = new TrainingSession(inputs(), Infinity);
      for (let step = 0; step < 2; step++) await session.update();
      breakWeights(session);
      for (let step = 2; step < 4; step++) await session.update();
      await expect(session.flushEvents()).rejects.toThrow(/Training stopped at step 3: the loss is NaN/);
      expect(session.step).toBe(2);
      expect(session.takeEvents()).toMatchObject([{ step: 1 }, { step: 2 }]);
      session.dispose();
    });

    it('are known to snapshots and checkpoints, and forgotten when the run goes elsewhere', async () => {
      const [apart, together] = [new TrainingSession(inputs()), new TrainingSession(inputs(), Infinity)];
      for (let step = 0; step < 3; step++) await Promise.all([apart.update(), together.update()]);
      const expected = await apart.snapshot();
      const snapshot = await together.snapshot();
      expect(snapshot.state.lastLoss).toBe(expected.state.lastLoss);
      expect(snapshot.state.batches).toEqual(expected.state.batches);
      expect((await together.checkpoint()).state.lastLoss).toBe(expected.state.lastLoss);
      await together.flushEvents();
      await together.update();
      together.goTo(snapshot);
      expect(await together.flushEvents()).toEqual([]);
      await together.replayStep([], []);
      await together.update();
      await Promise.all([apart.update(), apart.flushEvents()]);
      const [last] = await apart.update();
      expect(await together.flushEvents()).toMatchObject([{ step: 5, loss: last!.loss }]);
      apart.dispose();
      together.dispose();
    });
  }, ['wasm']);
});

describe('batches made ahead', () => {
  const made = () => prepare(inputs(), Random.seeded(3));

  it('are those that a walk without looking ahead gives, over the end of an epoch', () => {
    const prepared = made();
    const next = new NextBatches(prepared, 2);
    const cursor = startCursor();
    const walk = batches(prepared.plan, cursor);
    for (let step = 1; step <= 20; step++) {
      expect(next.cursor).toEqual(cursor);
      if (step % 3 !== 0) next.prefetch(step);
      expect(next.cursor).toEqual(cursor);
      const taken = [walk.next().value!, walk.next().value!];
      const rows = taken.map((batch) => prepared.views.batchRows(prepared.examples, batch));
      expect(next.take(step)).toEqual({ batches: taken, rows });
    }
    expect(cursor.epoch).toBeGreaterThan(1);
  });

  it('are made again when an example joins, which is then in the very next step', () => {
    const [ahead, plain] = [made(), made()];
    const [next, reference] = [new NextBatches(ahead, 1), new NextBatches(plain, 1)];
    for (let step = 1; step <= 14; step++) {
      next.prefetch(step);
      if (step === 4) {
        for (const [prepared, into] of [
          [ahead, next],
          [plain, reference],
        ] as const) {
          into.addExample(prepared.examples.length);
          prepared.plan.since[prepared.examples.length] = into.cursor.epoch + 1;
          prepared.plan.generated.push(false);
          prepared.examples.push({ ...prepared.examples[0]!, id: 'joined' });
        }
      }
      const taken = next.take(step);
      expect(taken).toEqual(reference.take(step));
      if (step === 4) expect(taken.batches[0]!.plain).toContain(ahead.examples.length - 1);
    }
  });
});

describe('sentences embedded in batches of one length', () => {
  eachBackend((backend) => {
    it('come back in their order, with the numbers that each has alone', async () => {
      const model = tinyModel();
      const parameters = new Parameters(model.tensors);
      const random = Random.seeded(5);
      const rows = Array.from({ length: backend === 'software' ? 12 : 160 }, () => [
        2,
        ...Array.from({ length: random.integer(29) }, () => 11 + random.integer(20)),
        3,
      ]);
      const options = { pooling: 'mean' } as const;
      const together = await embedRows(parameters, model.config, rows, options);
      for (const [i, row] of rows.entries()) {
        const alone = await embedRows(parameters, model.config, [row], options);
        const found = together.data.slice(i * together.dimension, (i + 1) * together.dimension);
        if (backend === 'software') found.forEach((x, d) => expect(x).toBeCloseTo(alone.data[d]!, 5));
        else expect(found).toEqual(alone.data);
      }
      parameters.dispose();
    });
  });

  it('hold every sentence once, no more tokens than one pass takes, and little padding', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 512 }), { maxLength: 900 }), (lengths) => {
        const rows = lengths.sort((a, b) => a - b).map((length) => new Array<number>(length).fill(7));
        const cut = lengthBatches(rows, [...rows.keys()]);
        expect(cut.flat()).toEqual([...rows.keys()]);
        for (const members of cut) {
          const real = members.reduce((total, i) => total + lengths[i]!, 0);
          const padded = members.length * lengths[members.at(-1)!]!;
          expect(members.length === 1 || padded <= 4096).toBe(true);
          // What a batch holds before it is worth a pass may have any lengths.
          const isWorthIt = real - lengths[members.at(-1)!]! >= 1024;
          if (isWorthIt) expect(padded - real).toBeLessThanOrEqual(0.1 * padded);
        }
      }),
    );
  });
});
