// The promises of a run: same seed, same run; resume equals never stopped; memory is flat; trouble stops it with a
// sentence and keeps the last good state.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { defaultConfig, type Config } from '../../src/run/config.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { readSafetensors } from '../../src/encoder/safetensors.ts';
import { readCheckpoint, STATE_FILE, TENSOR_FILE } from '../../src/trainer/checkpoint.ts';
import type { Files, CheckpointStore } from '../../src/trainer/host.ts';
import type { RunSummary } from '../../src/record/summary.ts';
import type { RunInputs } from '../../src/trainer/prepare.ts';
import { TrainingSession } from '../../src/trainer/session.ts';
import { train, type TrainOptions } from '../../src/trainer/train.ts';
import { eachBackend } from '../support/backends.ts';
import { tinyGroups, tinyModel, tinyPairs, tinyPlain } from '../support/tiny.ts';

function inputs(
  config: Partial<Config> = {},
  pattern: RunInputs['setting']['pattern'] = 'sts_ht',
): RunInputs {
  return {
    setting: { domain: 'tiny', pattern },
    config: {
      ...defaultConfig(),
      batch: 8,
      generatedBatch: 4,
      steps: 6,
      evaluateEvery: 3,
      checkpointEvery: 2,
      learningRate: 1e-3,
      ...config,
    },
    groups: [...tinyPlain(30), ...tinyGroups(24)],
    sts: tinyPairs(24),
    model: tinyModel(),
    device: { name: 'wasm', detail: 'test', reason: 'test' },
    files: ['tiny'],
  };
}

/** Keeps all checkpoints in memory. */
class MemoryStore implements CheckpointStore {
  readonly checkpoints = new Map<string, Files>();
  best: Files | undefined;
  async writeCheckpoint(name: string, files: Files): Promise<string> {
    this.checkpoints.set(name, files);
    return name;
  }
  async writeBest(files: Files): Promise<string> {
    this.best = files;
    return 'best';
  }
}

async function run(
  given: RunInputs,
  options: TrainOptions = {},
): Promise<{ events: RunEvent[]; summary: RunSummary }> {
  const events: RunEvent[] = [];
  const generator = train(given, options);
  for (;;) {
    const next = await generator.next();
    if (next.done) return { events, summary: next.value };
    events.push(next.value);
  }
}

/** Events without what depends on the clock. */
function timeless(events: RunEvent[]): unknown[] {
  return events.map((event) => (event.type === 'step' ? { ...event, milliseconds: 0 } : event));
}

function resumeFrom(files: Files) {
  const weights = readSafetensors(files.get('model.safetensors')!, 'model.safetensors').tensors;
  return readCheckpoint('test', files.get(STATE_FILE)!, files.get(TENSOR_FILE)!, weights);
}

describe('a run on', () => {
  eachBackend((backend) => {
    // A GPU in software needs seconds for what takes wasm milliseconds: fewer and smaller steps there.
    const small = backend === 'software';
    const given = (config: Partial<Config> = {}, pattern?: RunInputs['setting']['pattern']): RunInputs => {
      const full = inputs(
        { ...(small && { steps: 2, evaluateEvery: 2, measureCap: 8 }), ...config },
        pattern,
      );
      return small ? { ...full, sts: full.sts.slice(0, 6) } : full;
    };
    const steps = small ? 2 : 6;
    const settings =
      backend === 'software'
        ? (['sts_ht'] as const)
        : (['dropout', 'token_cutoff', 'token_shuffle', 'nli', 'sts', 'sts_ht'] as const);

    it.each(settings)('gives finite losses, all metrics and both RFDs in setting %s', async (pattern) => {
      const { events, summary } = await run(given({}, pattern === 'nli' ? 'sts' : pattern));
      const logged = events.filter((event) => event.type === 'step');
      expect(logged).toHaveLength(steps);
      expect(logged.every((step) => Number.isFinite(step.loss) && step.gradNorm > 0)).toBe(true);
      expect(logged.some((step) => step.ht !== null)).toBe(pattern === 'sts_ht');
      expect(events.filter((event) => event.type === 'metric')).toHaveLength((small ? 2 : 3) * 5);
      expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'finished' });
      expect(Object.values(summary.rfd).every((value) => value !== null)).toBe(true);
    });

    it('repeats itself bit for bit from the same seed, and differs from another', async () => {
      const first = await run(given());
      const second = await run(given());
      const other = await run(given({ seed: 43 }));
      // WebGPU adds up in a fixed order here; across devices only float noise is promised.
      expect(timeless(second.events)).toEqual(timeless(first.events));
      expect(other.summary.loss).not.toBe(first.summary.loss);
    });

    it('leaves no tensor behind, step by step and at its end', async () => {
      const before = tf.memory().numTensors;
      const session = new TrainingSession(given());
      await session.update();
      await session.evaluate();
      const after = tf.memory().numTensors;
      for (let step = 0; step < (small ? 1 : 4); step++) {
        await session.update();
        await session.evaluate();
        await session.state.checkpointFiles();
        expect(tf.memory().numTensors).toBe(after);
      }
      session.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});

describe('on wasm', () => {
  eachBackend(() => {
    it('keeps the best trained model, not the model before training, even when training makes STS worse', async () => {
      const { events, summary } = await run(inputs({ learningRate: 0.1 }), { store: new MemoryStore() });
      const best = events.flatMap((event) => (event.type === 'checkpoint' && event.best ? [event.step] : []));
      expect(best[0]).toBe(3);
      expect(summary.sts.best).toBeLessThan(summary.sts.first!);
    });

    it('resumed from any checkpoint equals never having stopped, bit for bit', async () => {
      const whole = new MemoryStore();
      const { events } = await run(inputs(), { store: whole });
      const last = whole.checkpoints.get('step-000006')!;
      for (const name of ['step-000002', 'step-000004']) {
        const store = new MemoryStore();
        const checkpoint = resumeFrom(whole.checkpoints.get(name)!);
        const resumed = await run(inputs(), { store, resume: checkpoint });
        const files = store.checkpoints.get('step-000006')!;
        for (const file of ['model.safetensors', TENSOR_FILE, STATE_FILE]) {
          expect(
            Buffer.compare(Buffer.from(files.get(file)!), Buffer.from(last.get(file)!)),
            `${file} from ${name}`,
          ).toBe(0);
        }
        const after = events.filter((event) => event.type !== 'header' && event.step > checkpoint.state.step);
        expect(timeless(resumed.events)).toEqual(timeless(after.filter((e) => e.type !== 'note')));
      }
    });

    it('refuses a checkpoint of another model, setting or data set', async () => {
      const store = new MemoryStore();
      await run(inputs(), { store });
      const checkpoint = () => resumeFrom(store.checkpoints.get('step-000002')!);
      const refused = (given: RunInputs) => run(given, { resume: checkpoint() });
      await expect(refused({ ...inputs(), model: tinyModel({ intermediate_size: 64 }) })).rejects.toThrow(
        /another model: it has bert L1 H16/,
      );
      await expect(refused(inputs({}, 'dropout'))).rejects.toThrow(/another setting: it has tiny.sts_ht/);
      await expect(
        refused({ ...inputs(), groups: [...tinyPlain(30, 9), ...tinyGroups(24)] }),
      ).rejects.toThrow(/another data set/);
    });

    it('stops at a loss that is not finite, names step, batch and reason, and keeps the last good checkpoint', async () => {
      // So small a model hardly overflows by itself: break a weight, as an overflow would.
      const session = new TrainingSession(inputs());
      const weight = session.model.parameters.get('encoder.layer.0.output.dense.weight');
      const broken = tf.fill(weight.shape, NaN);
      weight.assign(broken);
      broken.dispose();
      await expect(session.update()).rejects.toThrow(
        /Training stopped at step 1: the loss is NaN. Batch: .*learning rate \(0.001\)/,
      );
      expect(session.step).toBe(0);
      session.dispose();
    });

    it('keeps the checkpoints made before a failure, and ends with an event that says so', async () => {
      const store = new MemoryStore();
      const events: RunEvent[] = [];
      const given = inputs({ checkpointEvery: 1 });
      let asked = 0;
      const take = () => {
        if (++asked === 3) throw new Error('the host has failed');
        return { edits: [], groups: [] };
      };
      const failing = (async () => {
        for await (const event of train(given, { store, control: { changes: { take } } })) events.push(event);
      })();
      await expect(failing).rejects.toThrow('the host has failed');
      expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'failed', step: 2 });
      expect([...store.checkpoints.keys()]).toEqual(['step-000001', 'step-000002']);
    });

    it('applies hot knobs between steps and leaves an edit event', async () => {
      let asked = 0;
      const edit = { knob: 'temperature', value: 0.1 } as const;
      const take = () => ({ edits: ++asked === 4 ? [edit] : [], groups: [] });
      const { events } = await run(inputs(), { control: { changes: { take } } });
      expect(events.filter((event) => event.type === 'edit')).toEqual([
        { type: 'edit', step: 3, knob: 'temperature', from: 0.05, to: 0.1 },
      ]);
      const unchanged = await run(inputs());
      const losses = (all: RunEvent[]) => all.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
      expect(losses(events).slice(0, 3)).toEqual(losses(unchanged.events).slice(0, 3));
      expect(losses(events)[3]).not.toBe(losses(unchanged.events)[3]);
    });

    it('ends with a checkpoint when it is interrupted, and says how to go on', async () => {
      const abort = new AbortController();
      const store = new MemoryStore();
      const events: RunEvent[] = [];
      for await (const event of train(inputs({ checkpointEvery: 100 }), {
        store,
        control: { signal: abort.signal },
      })) {
        events.push(event);
        if (event.type === 'step' && event.step === 4) abort.abort();
      }
      expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'interrupted', step: 4 });
      expect([...store.checkpoints.keys()]).toEqual(['step-000004']);
    });

    it('accumulates: two batches of n make one update', async () => {
      const { events } = await run(inputs({ accumulate: 2, steps: 2 }));
      const steps = events.filter((event) => event.type === 'step');
      expect(steps).toHaveLength(2);
      expect(steps[0]!.plain + steps[0]!.generated).toBeGreaterThan(8);
    });

    it('never writes a checkpoint that holds a number which is not finite', async () => {
      const session = new TrainingSession(inputs());
      const weight = session.model.parameters.get('encoder.layer.0.output.dense.weight');
      const broken = tf.fill(weight.shape, Infinity);
      weight.assign(broken);
      broken.dispose();
      await expect(session.state.checkpointFiles()).rejects.toThrow(
        /output\.dense\.weight" is not finite; the last checkpoint is kept/,
      );
      session.dispose();
    });

    it('measures sentences whole, though it trains on their first tokens only', () => {
      const long = Array.from({ length: 20 }, () => 'the cat sits')
        .join(' ')
        .split(' ')
        .slice(0, 28)
        .join(' ');
      const given = inputs({ maxLength: 8 });
      const session = new TrainingSession({
        ...given,
        sts: [{ score: 5, first: long, second: long }, ...given.sts],
      });
      expect(session.prepared.sts!.rows[0]).toHaveLength(30);
      expect(Math.max(...session.prepared.examples.flatMap((e) => e.ids.map((ids) => ids.length)))).toBe(8);
      expect(
        Math.max(...session.prepared.heldOut.flatMap((e) => e.ids.map((ids) => ids.length))),
      ).toBeGreaterThan(8);
      session.dispose();
    });

    it('measures to the maximum length that the folder of the encoder states, and says where it differs', () => {
      const long = Array.from({ length: 28 }, () => 'cat').join(' ');
      const given = inputs({ maxLength: 16, pooling: 'mean', head: false });
      const session = new TrainingSession({
        ...given,
        model: { ...tinyModel(), maxLength: 12, pooling: 'mask' },
        sts: [{ score: 5, first: long, second: long }],
      });
      expect(session.prepared.sts!.rows[0]).toHaveLength(12);
      expect(session.prepared.notes).toEqual(
        expect.arrayContaining([
          'The folder of tiny states mask pooling; this run uses mean pooling.',
          'The folder of tiny states a maximum of 12 tokens: sentences are measured to 12, but trained on to 16.',
        ]),
      );
      session.dispose();
    });

    it('says when the data cannot give what is measured', () => {
      const few = new TrainingSession({
        ...inputs({ heldOut: 0.05 }),
        groups: [...tinyPlain(60), ...tinyGroups(3)],
      });
      expect(few.prepared.notes.join()).toMatch(/No group fell into the held-out share/);
      few.dispose();
      const low = new TrainingSession({
        ...inputs(),
        sts: tinyPairs(12).map((pair) => ({ ...pair, score: pair.score / 5 })),
      });
      expect(low.prepared.notes.join()).toMatch(/No evaluation pair is scored 4 or more/);
      low.dispose();
    });

    it('reads back once per logged step: unlogged steps give no event', async () => {
      const { events } = await run(inputs({ logEvery: 3 }));
      expect(events.filter((event) => event.type === 'step').map((event) => event.step)).toEqual([3, 6]);
    });

    it('trains embeddings only when they are not frozen', async () => {
      for (const freezeEmbeddings of [true, false]) {
        const store = new MemoryStore();
        const given = inputs({ freezeEmbeddings, steps: 2 });
        await run(given, { store });
        const name = 'embeddings.word_embeddings.weight';
        const trained = readSafetensors(
          store.checkpoints.get('step-000002')!.get('model.safetensors')!,
          'x',
        ).tensors.get(name)!;
        expect(
          trained.data.every((v, i) => v === given.model.tensors.get(name)!.data[i]),
          `frozen ${freezeEmbeddings}`,
        ).toBe(freezeEmbeddings);
      }
    });

    it('refuses knobs that data or model cannot carry, by name', () => {
      expect(() => new TrainingSession(inputs({ batch: 500 }))).toThrow(
        /Knob "batch" is 500, but the data gives only \d+ training examples/,
      );
      expect(() => new TrainingSession(inputs({ maxLength: 64 }))).toThrow(
        /Knob "maxLength" is 64, but tiny takes at most 32 tokens/,
      );
      expect(() => new TrainingSession(inputs({ maxLength: 30, pooling: 'mask' }))).toThrow(/of the prompt/);
    });

    it('measures in eval mode when asked: the dropout pair is then exactly aligned', async () => {
      const { summary } = await run(inputs({ measureMode: 'eval', steps: 1 }, 'dropout'));
      expect(summary.alignment.train).toBeCloseTo(0, 10);
      const noisy = await run(inputs({ measureMode: 'train', steps: 1 }, 'dropout'));
      expect(noisy.summary.alignment.train).toBeGreaterThan(1e-3);
    });

    it('changes hot knobs in a running training', () => {
      const session = new TrainingSession(inputs());
      const change = session.edit({ knob: 'temperature', value: 0.1 });
      expect(change).toEqual({ knob: 'temperature', from: 0.05, to: 0.1 });
      expect(session.config).toEqual({ ...inputs().config, temperature: 0.1 });
      session.dispose();
    });
  }, ['wasm']);
});
