// Small parameters may be updated together. Whatever is laid together, every one of them must get its own gradient,
// moments and decay, and checkpoints must not show how it was done.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Parameters } from '../../src/encoder/parameters.ts';
import type { TensorMap } from '../../src/encoder/safetensors.ts';
import { AdamW, disposeClipped, type AdamWKnobs } from '../../src/trainer/adamw.ts';
import { eachBackend, start } from '../support/backends.ts';
import { expectClose, expectSameBits, normals, sizeOf, toTensor } from '../kernels/numbers.ts';

/** Some decayed and some not, in turns; one too large to be laid together with others. */
const SHAPES = new Map<string, number[]>([
  ['embeddings.word_embeddings.weight', [300, 300]],
  ['embeddings.LayerNorm.weight', [7]],
  ['a.weight', [5, 7]],
  ['a.bias', [5]],
  ['frozen.weight', [4, 4]],
  ['b.weight', [256, 256]],
  ['b.bias', [3]],
]);
const TRAINED = [...SHAPES.keys()].filter((name) => !name.startsWith('frozen'));

const KNOBS: AdamWKnobs = {
  optimizer: 'adamw-torch',
  adamBeta1: 0.9,
  adamBeta2: 0.99,
  adamEpsilon: 1e-6,
  weightDecay: 0.1,
};

const drawn = (role: string): TensorMap =>
  new Map([...SHAPES].map(([name, shape]) => [name, normals(role + name, ...shape)]));

/** Steps, with different gradients each. Returns norms and factors. */
async function train(optimizer: AdamW, from: number, steps: number, knobs: AdamWKnobs): Promise<number[]> {
  const numbers: number[] = [];
  for (let step = from; step < from + steps; step++) {
    const gradients = new Map(
      TRAINED.map((name) => [name, toTensor(normals(`g${step}${name}`, ...SHAPES.get(name)!))]),
    );
    const clipped = optimizer.clip(gradients, step % 2 === 0 ? 1 : 0);
    optimizer.apply(clipped, 0.01, knobs);
    numbers.push((await clipped.norm.data())[0]!, (await clipped.factor.data())[0]!);
    disposeClipped(clipped);
    tf.dispose([...gradients.values()]);
  }
  return numbers;
}

async function run(knobs: AdamWKnobs) {
  const parameters = new Parameters(drawn('p'));
  const optimizer = new AdamW(parameters, TRAINED);
  const numbers = await train(optimizer, 0, 3, knobs);
  const result = { numbers, weights: await parameters.read(), moments: await optimizer.read() };
  optimizer.dispose();
  parameters.dispose();
  return result;
}

describe('AdamW on', () => {
  eachBackend((backend) => {
    it.each(['adamw-torch', 'adamw-hf'] as const)(
      'does what it does on the cpu backend: %s',
      async (optimizer) => {
        const knobs = { ...KNOBS, optimizer };
        await start('cpu');
        const expected = await run(knobs);
        await start(backend);
        const actual = await run(knobs);
        expectClose(actual.numbers, expected.numbers, { what: 'norm or factor' });
        for (const kind of ['weights', 'moments'] as const) {
          expect([...actual[kind].keys()]).toEqual([...expected[kind].keys()]);
          for (const [name, { shape, data }] of expected[kind]) {
            const found = actual[kind].get(name)!;
            expect(found.shape, name).toEqual(shape);
            // An update of a step is 0.01.
            expectClose(found.data, data, { absolute: 2e-6, relative: 2e-5, what: `${name} element` });
          }
        }
      },
    );

    it('lists moments in the order of the parameters, and goes on from them bit for bit', async () => {
      const [first, second] = [new Parameters(drawn('p')), new Parameters(drawn('p'))];
      const straight = new AdamW(first, TRAINED);
      await train(straight, 0, 4, KNOBS);
      const begun = new AdamW(second, TRAINED);
      await train(begun, 0, 2, KNOBS);
      const [weights, moments] = [await second.read(), await begun.read()];
      expect([...moments.keys()]).toEqual(TRAINED.flatMap((name) => [`m.${name}`, `v.${name}`]));
      for (const [name, { shape, data }] of moments) expect(data.length, name).toBe(sizeOf(shape));
      const resumed = new AdamW(second, TRAINED);
      second.write(weights);
      resumed.write(moments, 2);
      await train(resumed, 2, 2, KNOBS);
      for (const [name, { data }] of await first.read())
        expectSameBits((await second.read()).get(name)!.data, data);
      for (const [name, { data }] of await straight.read())
        expectSameBits((await resumed.read()).get(name)!.data, data);
      moments.delete('v.b.bias');
      expect(() => resumed.write(moments, 2)).toThrow('no moment "v.b.bias"');
      for (const made of [straight, begun, resumed, first, second]) made.dispose();
    });

    it('leaves nothing behind, and what does not learn as it was', async () => {
      const before = tf.memory().numTensors;
      const { weights } = await run(KNOBS);
      expect(tf.memory().numTensors).toBe(before);
      expectSameBits(weights.get('frozen.weight')!.data, normals('pfrozen.weight', 4, 4).data);
    });
  });
});
