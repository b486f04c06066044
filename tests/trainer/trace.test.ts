// The microscope shows the numbers of a trace as those of the training step. So they must be right (computed again here
// in float64, from the trace's own vectors and from the formulas), they must be those of the step that follows, and
// looking must change nothing.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Group } from '../../src/data/group.ts';
import { leavesOutRows } from '../../src/kernels/linear/linear.ts';
import { hierarchicalTripletReference } from '../../src/losses/hierarchicalTriplet.reference.ts';
import { cosine, infoNceReference } from '../../src/losses/infoNCE.reference.ts';
import { defaultConfig, type Config } from '../../src/run/config.ts';
import type { StepEvent } from '../../src/run/events.ts';
import { rowOf, sliceOf, stepTraceSchema, valueAt, type StepTrace, type Table } from '../../src/run/trace.ts';
import type { RunInputs } from '../../src/trainer/prepare.ts';
import { TrainingSession } from '../../src/trainer/session.ts';
import { expectClose, expectSameBits } from '../kernels/numbers.ts';
import { eachBackend } from '../support/backends.ts';
import { tinyGroups, tinyModel, tinyPairs, tinyPlain } from '../support/tiny.ts';

type Pattern = RunInputs['setting']['pattern'];

function session(config: Partial<Config> = {}, pattern: Pattern = 'sts_ht'): TrainingSession {
  return new TrainingSession({
    setting: { domain: 'tiny', pattern },
    config: {
      ...defaultConfig(),
      batch: 8,
      generatedBatch: 4,
      steps: 12,
      learningRate: 1e-3,
      // Wide enough that some hinges are active and some are not.
      margins: [0.005, 0.05],
      ...config,
    },
    groups: [...tinyPlain(30), ...tinyGroups(24)],
    sts: tinyPairs(6),
    model: tinyModel(),
    device: { name: 'wasm', detail: 'test', reason: 'test' },
    files: ['tiny'],
  });
}

const OWN: Group = {
  id: 'own-1',
  anchor: 'a dog runs in the park',
  positive: 'the dog runs',
  intermediate: 'a cat sits in the park',
  negative: 'the man eats an apple',
  pattern: 'sts',
  source: 'typed',
};

const rowsOf = (table: Table): number[][] =>
  Array.from({ length: table.shape[0]! }, (_, i) => [...rowOf(table, i)]);
const pick = (rows: readonly number[][], places: readonly number[]) => places.map((r) => rows[r]!);

/** The objective of a trace's batch in float64. */
function reference({ knobs, infonce, ht }: StepTrace, vectors: readonly number[][]) {
  const contrast = infoNceReference(
    pick(vectors, infonce.anchors),
    pick(vectors, infonce.columns),
    knobs.temperature,
  );
  const levels = ht?.groups.map(([anchor, ...others]) =>
    others.map((r) => cosine(vectors[anchor!]!, vectors[r]!)),
  );
  const triplet = levels && hierarchicalTripletReference(levels, knobs.margins);
  return { contrast, levels, triplet, loss: contrast.loss + knobs.beta * (triplet?.total ?? 0) };
}

/** d loss / d vectors by central differences. */
function gradients(trace: StepTrace, vectors: number[][]): number[] {
  const width = 1e-5;
  return vectors.flatMap((row) =>
    row.map((value, k) => {
      const at = (moved: number) => {
        row[k] = moved;
        return reference(trace, vectors).loss;
      };
      const slope = (at(value + width) - at(value - width)) / (2 * width);
      row[k] = value;
      return slope;
    }),
  );
}

/** Weight, moments and update of one weight, by the formulas at the head of adamw.ts. */
function updatedByFormula({ knobs, update, step }: StepTrace) {
  const { gradient, mBefore, vBefore, before, name } = update.example;
  const { adamBeta1: b1, adamBeta2: b2, adamEpsilon: eps, learningRate: lr } = knobs;
  const norm = Math.hypot(...update.parameters.map((parameter) => parameter.gradNorm));
  const clip = Math.min(1, knobs.maxGradNorm / (norm + 1e-6));
  const clipped = gradient * clip;
  const m = b1 * mBefore + (1 - b1) * clipped;
  const v = b2 * vBefore + (1 - b2) * clipped ** 2;
  const [correction1, correction2] = [1 - b1 ** step, 1 - b2 ** step];
  const decay = 1 - lr * (name.endsWith('.bias') ? 0 : knobs.weightDecay);
  const after =
    knobs.optimizer === 'adamw-torch'
      ? before * decay - (lr * (m / correction1)) / (Math.sqrt(v / correction2) + eps)
      : (before - (lr * (Math.sqrt(correction2) / correction1) * m) / (Math.sqrt(v) + eps)) * decay;
  return { norm, clip, clipped, m, v, after };
}

const CASES: [string, Pattern, Partial<Config>, number][] = [
  ['the HT loss and clipping', 'sts_ht', { maxGradNorm: 0.5 }, 2],
  [
    'the HT loss with mean pooling and free embeddings',
    'sts_ht',
    { pooling: 'mean', freezeEmbeddings: false },
    2,
  ],
  ['hard negatives without HT, and AdamW of torch', 'sts', { optimizer: 'adamw-torch', weightDecay: 0.1 }, 2],
  ['plain sentences, no clipping', 'dropout', { maxGradNorm: 0 }, 1],
  ['prompts, and a view that lost tokens', 'token_cutoff', { pooling: 'mask', maxLength: 14 }, 1],
];

/** A session before a step whose batch has groups, where the setting has any. */
async function traced(pattern: Pattern, config: Partial<Config>, steps: number) {
  const run = session(config, pattern);
  for (let step = 0; step < steps; step++) await run.update();
  let trace = await run.trace();
  while (pattern.startsWith('sts') && !trace.rows.some((row) => row.generated)) {
    await run.update();
    trace = await run.trace();
  }
  return { run, trace };
}

describe('a trace on', () => {
  eachBackend((backend) => {
    const cases = backend === 'software' ? CASES.slice(0, 1) : CASES;

    it.each(cases)('has the numbers of the float64 references: %s', async (_, pattern, config, steps) => {
      const { run, trace } = await traced(pattern, config, steps);
      expect(stepTraceSchema.safeParse(structuredClone(trace)).error).toBeUndefined();
      const { infonce, ht, knobs } = trace;
      const vectors = rowsOf(trace.vectors);
      const { contrast, levels, triplet, loss } = reference(trace, vectors);
      expectClose(infonce.cosines.data, contrast.similarity.flat(), { what: 'cosine' });
      expectClose(infonce.probabilities.data, contrast.probability.flat(), { what: 'probability' });
      expectClose(infonce.losses.data, contrast.perRow, { what: 'loss of anchor' });
      expectClose([infonce.value, trace.loss], [contrast.loss, loss], { what: 'loss' });
      const n = infonce.anchors.length;
      const pulls = contrast.probability.map((row, i) =>
        row.map((p, j) => (p - (i === j ? 1 : 0)) / n / knobs.temperature),
      );
      expectClose(infonce.gradient.data, pulls.flat(), { what: 'gradient of cosine', relative: 1e-4 });
      expect(ht !== null).toBe(pattern === 'sts_ht');
      if (ht) {
        expectClose(ht.cosines.data, levels!.flat(), { what: 'level' });
        expectClose(ht.hinges.data, triplet!.hinges.flat(), { what: 'hinge' });
        expectClose([ht.value], [triplet!.total]);
        expect(ht.margins).toEqual(config.margins ?? [0.005, 0.05]);
        expect(new Set(triplet!.hinges.flat().map((hinge) => hinge > 0)).size, 'kinds of hinges').toBe(2);
      }
      const largest = trace.vectorGradients.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      expectClose(trace.vectorGradients.data, gradients(trace, vectors), {
        absolute: 2e-5 * Math.max(1, largest),
        relative: 1e-4,
        what: 'gradient of vector',
      });
      run.dispose();
    });

    it.each(cases)('follows one weight through clipping and AdamW: %s', async (_, pattern, config, steps) => {
      const { run, trace } = await traced(pattern, { ...config }, steps);
      const { example, parameters } = trace.update;
      const { norm, clip, clipped, m, v, after } = updatedByFormula(trace);
      expectClose([trace.gradNorm], [norm]);
      expectClose([trace.clipFactor], [config.maxGradNorm === 0 ? 1 : clip]);
      const free = config.maxGradNorm === 0;
      if (!free) {
        // A GPU may take 1 - beta2 in float32.
        const relative = { absolute: 0, relative: 2e-5 };
        expectClose([example.clipped, example.mAfter, example.vAfter], [clipped, m, v], relative);
        // A float32 weight moves in steps of 6e-8 of itself.
        expectClose([example.after], [after], { absolute: 1e-8, relative: 1.2e-7 });
      } else expect(example.clipped).toBe(example.gradient);
      expect(example.after).not.toBe(example.before);
      expect(parameters.map(({ name }) => name)).toEqual(run.model.trained);
      for (const { name, size, valueNorm } of parameters) {
        const values = await run.model.parameters.get(name).data();
        expect(values.length).toBe(size);
        expectClose([valueNorm], [Math.hypot(...values)]);
      }
      run.dispose();
    });

    it('shows the step that then comes: loss, gradient norm and every weight', async () => {
      const { run, trace } = await traced('sts_ht', {}, 1);
      const before = await run.model.parameters.read();
      const event = (await run.update())[0]!;
      const after = await run.model.parameters.read();
      expect(trace.step).toBe(event.step);
      expect(trace.knobs.learningRate).toBe(event.learningRate);
      // A watched loss on a GPU is the composition, an unwatched one a kernel: they round differently.
      const same = (actual: number, expected: number, what: string) => {
        if (backend !== 'software') expect(actual, what).toBe(expected);
        else expect(Math.abs(actual - expected) / Math.abs(expected), what).toBeLessThan(1e-3);
      };
      same(trace.loss, event.loss, 'loss');
      same(trace.infonce.value, event.infonce, 'infonce');
      same(trace.ht!.value, event.ht!, 'ht');
      same(trace.gradNorm, event.gradNorm, 'gradient norm');
      for (const { name, updateNorm } of trace.update.parameters) {
        // A key's bias moves no softmax: its gradient is rounding alone, and Adam scales that up.
        if (backend === 'software' && name.endsWith('key.bias')) continue;
        const [from, to] = [before.get(name)!.data, after.get(name)!.data];
        same(updateNorm, Math.sqrt(to.reduce((sum, x, i) => sum + (x - from[i]!) ** 2, 0)), name);
      }
      const { name, index } = trace.update.example;
      same(trace.update.example.after, after.get(name)!.data[index]!, 'example');
      run.dispose();
    });

    it('gives the same batch again after the update, with the same masks', async () => {
      const { run, trace } = await traced('sts_ht', {}, 1);
      const { after } = trace;
      const { contrast, levels, loss } = reference(trace, rowsOf(after.vectors));
      expectClose(after.cosines.data, contrast.similarity.flat());
      expectClose(after.levels!.data, levels!.flat());
      expectClose([after.loss], [loss]);
      expect(after.loss).toBeLessThan(trace.loss);
      run.dispose();
      // With a rate of 0 nothing moves: any difference would be another mask.
      const still = session({ warmupSteps: 5 });
      const same = await still.trace();
      expect(same.knobs.learningRate).toBe(0);
      expectSameBits(same.after.vectors.data, same.vectors.data);
      still.dispose();
    });

    it('leaves no tensor behind, also when it is refused', async () => {
      const run = session();
      await run.update();
      await run.trace();
      const { numTensors, numBytes } = tf.memory();
      await run.trace({ groups: [OWN] });
      const wild = run.trace({ edits: [{ knob: 'learningRate', value: Number.MAX_VALUE }] });
      await expect(wild).rejects.toThrow();
      expect(tf.memory()).toMatchObject({ numTensors, numBytes });
      run.dispose();
    });
  });
});

/** Everything that going on depends on. */
async function stateOf(run: TrainingSession) {
  const files = await run.state.checkpointFiles();
  return [...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')] as const);
}

const timeless = (event: StepEvent | undefined) => event && { ...event, milliseconds: 0 };

/** Two runs of one kind, of which only one is looked at; the spent time is no part of their state. */
async function expectUndisturbed(
  config: Partial<Config>,
  pattern: Pattern,
  meddle: (run: TrainingSession, step: number) => void = () => undefined,
): Promise<void> {
  const [plain, looked] = [session(config, pattern), session(config, pattern)];
  for (let step = 1; step <= 5; step++) {
    for (const run of [plain, looked]) meddle(run, step);
    const trace = await looked.trace();
    await looked.trace({ groups: [OWN], edits: [{ knob: 'temperature', value: 0.5 }] });
    const [[expected], [event]] = [await plain.update(), await looked.update()];
    expect(timeless(event)).toEqual(timeless(expected));
    if (looked.config.accumulate === 1) expect(trace.loss).toBe(event!.loss);
    expect(trace.gradNorm).toBe(event!.gradNorm);
  }
  const [expected, actual] = [await stateOf(plain), await stateOf(looked)];
  expect(actual.map(([name]) => name)).toEqual(expected.map(([name]) => name));
  expected.forEach(([name, bytes], i) => expect(actual[i]![1] === bytes, name).toBe(true));
  plain.dispose();
  looked.dispose();
}

describe('looking on', () => {
  eachBackend(
    (backend) => {
      const settings: [string, Pattern, Partial<Config>][] = [
        ['the HT loss, with the head and frozen embeddings', 'sts_ht', {}],
        ['without HT, mean pooling, all weights free', 'sts', { pooling: 'mean', freezeEmbeddings: false }],
        ['random augmentation', 'token_shuffle', {}],
        ['accumulated batches', 'sts_ht', { accumulate: 2 }],
        ['two batches an epoch', 'sts_ht', { batch: 25 }],
      ];
      // Plain JavaScript is slow.
      it.each(backend === 'cpu' ? settings.slice(0, 2) : settings)(
        'changes no bit of the steps after it: %s',
        async (_, pattern, config) => {
          await expectUndisturbed(config, pattern);
        },
      );

      it('keeps a group that waits to join, and shows it in the batch', async () => {
        await expectUndisturbed({}, 'sts_ht', (run, step) => {
          if (step === 3) run.addGroups([OWN]);
        });
        const run = session();
        run.addGroups([OWN]);
        for (let look = 0; look < 2; look++) {
          const { rows } = await run.trace();
          expect(rows.filter(({ id }) => id === OWN.id).map(({ role }) => role)).toEqual([
            'anchor',
            'positive',
            'intermediate',
            'negative',
          ]);
        }
        run.dispose();
      });
    },
    ['cpu', 'wasm'],
  );
});

describe('a trace', () => {
  eachBackend(() => {
    it('names its rows: the sentences, without dropout, embed as the rows do', async () => {
      const { run, trace } = await traced('sts_ht', { dropout: 0, pooling: 'mean' }, 1);
      const { data, dimension } = await run.embed(trace.rows.map(({ text }) => text));
      expectClose(trace.vectors.data, data, { absolute: 1e-5, relative: 1e-4 });
      expect(dimension).toBe(trace.model.hidden);
      await run.update();
      const moved = await run.embed(trace.rows.map(({ text }) => text));
      expectClose(trace.after.vectors.data, moved.data, { absolute: 1e-5, relative: 1e-4 });
      for (const { tokens, ids, text, role, generated, place } of trace.rows) {
        expect(tokens).toEqual(['[CLS]', ...text.split(' '), '[SEP]']);
        expect(ids).toHaveLength(tokens.length);
        const roles = generated ? ['anchor', 'positive', 'intermediate', 'negative'] : ['anchor', 'view'];
        expect(role).toBe(roles[place]);
      }
      run.dispose();
    });

    it('says which rows are compared: anchors, their positives, and the groups level by level', async () => {
      const { run, trace } = await traced('sts_ht', {}, 1);
      const { rows, infonce, ht } = trace;
      infonce.anchors.forEach((r, i) => {
        const [anchor, positive] = [rows[r]!, rows[infonce.columns[i]!]!];
        expect(anchor.role).toBe('anchor');
        expect(positive.role).toBe(anchor.generated ? 'intermediate' : 'view');
        expect([positive.id, positive.group]).toEqual([anchor.id, anchor.group]);
      });
      expect(infonce.columns).toHaveLength(infonce.anchors.length);
      expect(ht!.groups.length).toBe(rows.filter((row) => row.generated).length / 4);
      for (const group of ht!.groups) {
        expect(group.map((r) => rows[r]!.place)).toEqual([0, 1, 2, 3]);
        expect(new Set(group.map((r) => rows[r]!.id)).size).toBe(1);
      }
      run.dispose();
      const flat = await traced('sts', {}, 1);
      const { anchors, columns } = flat.trace.infonce;
      const extra = columns.slice(anchors.length).map((r) => flat.trace.rows[r]!);
      expect(extra.length).toBeGreaterThan(0);
      expect(extra.every(({ role, generated }) => role === 'negative' && generated)).toBe(true);
      flat.run.dispose();
    });

    it('has attention whose rows sum to 1, or were not asked, and which gives nothing to padding', async () => {
      const { run, trace } = await traced('sts_ht', {}, 1);
      const { heads } = trace.model;
      for (const [layer, { attention, output }] of trace.layers.entries()) {
        // Of the last layer the state at [CLS] is all that is read; a kernel may leave the others out.
        const unasked = (query: number) => leavesOutRows() && layer === trace.layers.length - 1 && query > 0;
        expect(attention.shape).toEqual([trace.rows.length, heads, trace.length, trace.length]);
        expect(output.shape).toEqual([trace.rows.length, trace.length, trace.model.hidden]);
        trace.rows.forEach(({ ids }, r) => {
          for (let head = 0; head < heads; head++) {
            for (let query = 0; query < ids.length; query++) {
              const given = rowOf(attention, r, head, query);
              expectClose([given.reduce((sum, p) => sum + p, 0)], [unasked(query) ? 0 : 1]);
              expect([...given.subarray(ids.length)].every((p) => p === 0)).toBe(true);
            }
          }
        });
      }
      run.dispose();
    });

    it('pools the states of the last layer, and sends them through the head', async () => {
      const { run, trace } = await traced('sts_ht', {}, 1);
      const last = trace.layers.at(-1)!.output;
      const [weight, bias] = await Promise.all(
        ['mlp.weight', 'mlp.bias'].map((name) => run.model.parameters.get(name).data()),
      );
      const { hidden } = trace.model;
      trace.rows.forEach((_, r) => {
        const pooled = rowOf(trace.pooled, r);
        expectSameBits(pooled, rowOf(last, r, 0));
        const headed = Array.from({ length: hidden }, (_unused, k) =>
          pooled.reduce((sum, x, j) => sum + x * weight![k * hidden + j]!, bias![k]!),
        );
        expectClose(rowOf(trace.vectors, r), headed, { absolute: 1e-6 });
      });
      run.dispose();
    });

    it('has in it the edits and groups that wait for the step, and leaves them waiting', async () => {
      const [shown, made] = [session(), session()];
      const trace = await shown.trace({
        edits: [{ knob: 'temperature', value: 0.2 }],
        groups: [OWN, { ...OWN, id: 'own-2', anchor: 'a red apple' }],
      });
      expect(shown.config.temperature).toBe(defaultConfig().temperature);
      made.edit({ knob: 'temperature', value: 0.2 });
      made.addGroups([OWN, { ...OWN, id: 'own-2', anchor: 'a red apple' }]);
      const event = (await made.update())[0]!;
      expect([trace.knobs.temperature, trace.loss, trace.gradNorm]).toEqual([
        0.2,
        event.loss,
        event.gradNorm,
      ]);
      shown.dispose();
      made.dispose();
    });

    it('shows the first of several accumulated batches and the update of all', async () => {
      const run = session({ accumulate: 3 });
      const trace = await run.trace();
      const event = (await run.update())[0]!;
      expect(trace.knobs.accumulate).toBe(3);
      expect(trace.rows.length).toBeLessThan(2 * event.plain + 4 * event.generated);
      expectClose([reference(trace, rowsOf(trace.vectors)).loss], [trace.loss]);
      expect(trace.gradNorm).toBe(event.gradNorm);
      run.dispose();
    });

    it('is refused with one sentence after the last step, and when the numbers run away', async () => {
      const run = session({ steps: 1 });
      await run.update();
      await expect(run.trace()).rejects.toThrow('All 1 steps of this run are made');
      run.dispose();
      const wild = session({ learningRate: 1e38 });
      await expect(wild.trace()).rejects.toThrow(/Step 1 cannot be taken apart.*learning rate/);
      wild.dispose();
    });
  }, ['wasm']);
});

describe('places in a table', () => {
  const table = { shape: [2, 3, 2], data: Float32Array.from({ length: 12 }, (_, i) => i) };

  it('are found row by row without a copy', () => {
    expect([...rowOf(table, 1, 2)]).toEqual([10, 11]);
    expect(valueAt(table, 1, 0, 1)).toBe(7);
    expect(sliceOf(table, 1)).toEqual({ shape: [3, 2], data: table.data.subarray(6) });
    expect(rowOf(table, 0).buffer).toBe(table.data.buffer);
  });
});
