// Every WASM kernel of our own against the composition it stands for, on the cpu backend, over shapes that fill no
// vector, strip or panel; and the promise that a run has the same bits whatever the number of threads.
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { wasmThreads } from '../../src/cli/node/wasmThreads.ts';
import { encode } from '../../src/encoder/encoder.ts';
import { poolingPlaces } from '../../src/encoder/pooling.ts';
import { Parameters } from '../../src/encoder/parameters.ts';
import { dropoutEverywhere } from '../../src/encoder/pass.ts';
import {
  adamwUpdate,
  composedAdamW,
  composedSquaredNorm,
  squaredNorm,
} from '../../src/kernels/adamw/adamw.ts';
import { addNorm, composedAddNorm, type AddNormArguments } from '../../src/kernels/addNorm/addNorm.ts';
import {
  attention,
  composedAttention,
  type AttentionArguments,
} from '../../src/kernels/attention/attention.ts';
import type { DropoutMask } from '../../src/kernels/dropout/dropout.ts';
import { composedLookup, embed } from '../../src/kernels/embed/embed.ts';
import { gelu } from '../../src/kernels/gelu/gelu.ts';
import { composedLinear, linear, linearGelu } from '../../src/kernels/linear/linear.ts';
import { hasKernel } from '../../src/kernels/kernelToken.ts';
import { registerWasmKernels } from '../../src/kernels/registerWasm.ts';
import { withSharedMemory } from '../../src/kernels/wasm/sharedMemory.ts';
import { startWasmRuntime } from '../../src/kernels/wasmModule/startRuntime.ts';
import { padRows } from '../../src/tokenizer/pad.ts';
import { seedKey } from '../../src/util/random.ts';
import { smallConfig, smallTensors } from '../encoder/small.ts';
import { start } from '../support/backends.ts';
import {
  expectClose,
  expectSameBits,
  expectSameOutcome,
  normals,
  outcome,
  take,
  toTensor,
  type Op,
  type Plain,
} from './numbers.ts';

const MASK: DropoutMask = { rate: 0.3, key: [0x9e3779b9, 0xdeadbeef] };
const RUNS = { numRuns: 25, seed: 7 };

/** Is the op on WASM what the composition is on the cpu backend, with its gradients? */
async function expectSame(fused: Op, composed: Op, inputs: Plain[], absolute = 1e-4): Promise<void> {
  await start('cpu');
  const expected = await outcome(composed, inputs);
  await start('wasm');
  expectSameOutcome(await outcome(fused, inputs), expected, { absolute, relative: 1e-4 });
}

const width = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(24, 127, 128, 513, 768));
const rows = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(17, 33));

describe('on wasm', () => {
  it('the kernels are there', async () => {
    await start('wasm');
    for (const name of ['MatMul', 'Linear', 'AddNorm', 'Attention', 'Embed', 'AdamW'])
      expect(hasKernel({ name: `Semblance${name}` }), name).toBe(true);
  });

  it('linear is its composition, with and without GELU', async () => {
    const draws = fc.record({ rows, inputs: width, outputs: width, withGelu: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(draws, async (given) => {
        const asOp =
          (run: typeof linear): Op =>
          (x, w, b) =>
            run(x as tf.Tensor2D, w as tf.Tensor2D, b as tf.Tensor1D);
        const inputs = [
          normals('x', given.rows, given.inputs),
          normals('w', given.outputs, given.inputs),
          normals('b', given.outputs),
        ];
        const composed = given.withGelu
          ? asOp((x, w, b) => gelu(composedLinear(x, w, b)))
          : asOp(composedLinear);
        await expectSame(asOp(given.withGelu ? linearGelu : linear), composed, inputs, 5e-4);
      }),
      RUNS,
    );
  });

  it('addNorm is its composition, with and without residual and dropout', async () => {
    const draws = fc.record({ rows, width, residual: fc.boolean(), dropped: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(draws, async (given) => {
        const asOp =
          (run: (given: AddNormArguments) => tf.Tensor2D): Op =>
          (x, gamma, bias, residual) =>
            run({
              x: x as tf.Tensor2D,
              gamma: gamma as tf.Tensor1D,
              bias: bias as tf.Tensor1D,
              ...(given.residual && { residual: residual as tf.Tensor2D }),
              epsilon: 1e-3,
              ...(given.dropped && { mask: MASK }),
            });
        const inputs = [normals('x', given.rows, given.width)];
        inputs.push(normals('gamma', given.width), normals('bias', given.width));
        if (given.residual) inputs.push(normals('residual', given.rows, given.width));
        await expectSame(asOp(addNorm), asOp(composedAddNorm), inputs);
      }),
      RUNS,
    );
  });

  it('attention is its composition, for rows full of tokens, of padding, and between', async () => {
    const draws = fc.record({
      rows: fc.integer({ min: 1, max: 3 }),
      length: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(17, 33)),
      heads: fc.integer({ min: 1, max: 3 }),
      size: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(24, 64)),
      real: fc.infiniteStream(fc.nat(33)),
      dropped: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(draws, async ({ real, ...given }) => {
        const lengths = [...real.take(given.rows)].map((x) => Math.min(x, given.length));
        const asOp =
          (run: (given: AttentionArguments) => tf.Tensor2D): Op =>
          (q, k, v) =>
            run({
              q: q as tf.Tensor2D,
              k: k as tf.Tensor2D,
              v: v as tf.Tensor2D,
              lengths: tf.tensor1d(lengths, 'int32'),
              heads: given.heads,
              length: given.length,
              ...(given.dropped && { mask: MASK }),
            });
        const shape = [given.rows * given.length, given.heads * given.size];
        const inputs = ['q', 'k', 'v'].map((name) => normals(name, ...shape));
        // The composition adds -10000 to every score of a row without tokens, and loses their last bits.
        const absolute = lengths.includes(0) ? 5e-3 : 1e-4;
        await expectSame(asOp(attention), asOp(composedAttention), inputs, absolute);
      }),
      RUNS,
    );
  });

  it('gives padding keys probability 0, and rows of probabilities that sum to 1', async () => {
    await start('wasm');
    let tapped: tf.Tensor | undefined;
    const x = toTensor(normals('x', 14, 6)) as tf.Tensor2D;
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const lengths = tf.tensor1d([3, 7], 'int32');
      attention({
        ...{ q: x, k: x, v: x, lengths, heads: 2, length: 7, mask: MASK },
        tap: (probabilities) => (tapped = tf.keep(tf.clone(probabilities))),
      });
    });
    expect(tf.memory().numTensors - before).toBe(1);
    expect(tapped!.shape).toEqual([2, 2, 7, 7]);
    const data = await take(tapped!);
    for (let row = 0; row < 28; row++) {
      const line = data.subarray(7 * row, 7 * row + 7);
      expect(line.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      if (row < 14) expect([...line.subarray(3)]).toEqual([0, 0, 0, 0]);
    }
    x.dispose();
  });

  it('embed is a sum of lookups, and its gradient adds up what came from one id', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), width, async (tokens, columns) => {
        const tables = [normals('w', 20, columns), normals('p', 9, columns), normals('t', 2, columns)];
        const list = (most: number) =>
          tf.tensor1d(
            Array.from({ length: tokens }, (_, i) => (i * i * 7) % most),
            'int32',
          );
        const asOp =
          (run: typeof embed): Op =>
          (words, positions, types) =>
            run(
              {
                words: words as tf.Tensor2D,
                positions: positions as tf.Tensor2D,
                types: types as tf.Tensor2D,
              },
              { words: list(20), positions: list(9), types: list(2) },
            );
        await expectSame(asOp(embed), asOp(composedLookup), tables);
      }),
      { ...RUNS, numRuns: 10 },
    );
  });

  it.each([true, false])('AdamW updates as its composition does, decay first: %s', async (decayFirst) => {
    await start('wasm');
    const shapes = [[3], [17, 5], [20_001], [], [20_003]];
    const decayed = [0, 85, 0, 1, 17_001];
    const scalars = { beta1: 0.9, beta2: 0.99, rate: 0.02, epsilon: 1e-7, decayFirst, decayFactor: 0.95 };
    const factor = tf.scalar(0.7);
    const update = (run: typeof adamwUpdate) => {
      const variable = (name: string, shape: number[]) => tf.variable(toTensor(normals(name, ...shape)));
      const given = shapes.map((shape, i) => ({
        parameter: variable(`p${i}`, shape),
        gradient: toTensor(normals(`g${i}`, ...shape)),
        m: variable(`m${i}`, shape),
        v: tf.variable(tf.tidy(() => tf.abs(toTensor(normals(`v${i}`, ...shape))))),
        decayed: decayed[i]!,
      }));
      run(given, factor, scalars);
      return given.map(({ parameter, m, v }) => [parameter, m, v]);
    };
    const [ours, composed] = [update(adamwUpdate), update(composedAdamW)];
    for (const [i, parts] of composed.entries())
      for (const [j, part] of parts.entries())
        expectClose(await ours[i]![j]!.data(), await part.data(), { absolute: 1e-6, what: `${i}.${j}` });
    tf.dispose([factor, ...ours.flat(), ...composed.flat()]);
  });

  it('AdamW leaves alone what shares the data of a parameter', async () => {
    await start('wasm');
    const one = () => tf.variable(tf.ones([4]));
    const [parameter, m, v] = [one(), one(), one()];
    const copy = tf.clone(parameter);
    const [gradient, factor] = [tf.ones([4]), tf.scalar(1)];
    const scalars = { beta1: 0.9, beta2: 0.99, rate: 0.5, epsilon: 1e-7, decayFirst: true, decayFactor: 1 };
    adamwUpdate([{ parameter, gradient, m, v, decayed: 4 }], factor, scalars);
    expect([...(await copy.data())]).toEqual([1, 1, 1, 1]);
    expect((await parameter.data())[0]).toBeCloseTo(0.5, 6);
    tf.dispose([parameter, m, v, copy, gradient, factor]);
  });

  it('the squared norm is exact to float32', async () => {
    await start('wasm');
    const tensors = [[5], [40_003], [3, 3]].map((shape, i) => toTensor(normals(`x${i}`, ...shape)));
    const [ours, composed] = [await take(squaredNorm(tensors)), await take(composedSquaredNorm(tensors))];
    let exact = 0;
    for (const tensor of tensors) for (const x of await tensor.data()) exact += x * x;
    expect(ours[0]).toBe(Math.fround(exact));
    expectClose(composed, [exact]);
    tf.dispose(tensors);
  });
});

describe('rows that are left out', () => {
  it.each([
    ['padding', 'mean'],
    ['all but [CLS] in the last layer', 'cls'],
    ['all but the [MASK] of a prompt in the last layer', 'mask'],
  ] as const)('%s: neither a state that is read nor a gradient changes', async (_, pooling) => {
    await start('wasm');
    const config = smallConfig({ hidden_size: 24, intermediate_size: 40 });
    const parameters = new Parameters(smallTensors(config));
    const variables = parameters.names().map((name) => parameters.get(name));
    const lengths = [3, 20, 1, 7, 7, 12];
    const batch = padRows(
      lengths.map((length) => Array.from({ length }, (_, i) => 5 + ((length * i) % 30))),
      0,
    );
    const places = poolingPlaces(batch, pooling);
    const isRead = (row: number, place: number) => (places ? place === places[row] : place < lengths[row]!);
    const read = tf.tensor3d(
      Float32Array.from({ length: 120 }, (_, i) => +isRead(Math.floor(i / 20), i % 20)),
      [6, 20, 1],
    );
    const weight = toTensor(normals('weight', 6, 20, 24));
    const options = { dropout: dropoutEverywhere(0.1), key: seedKey(3) };
    const results = [{}, { onlyTokens: true, places }].map((leaving) => {
      const states = encode(parameters, config, batch, { ...options, ...leaving });
      const { value, grads } = tf.variableGrads(() => {
        const inner = encode(parameters, config, batch, { ...options, ...leaving });
        return tf.sum(tf.mul(tf.mul(inner, read), weight));
      }, variables);
      value.dispose();
      return { states, grads };
    });
    const [all, some] = results as [(typeof results)[0], (typeof results)[0]];
    // What is not read is 0, and what is read has the same bits.
    const expected = await take(tf.tidy(() => tf.mul(all.states, read)));
    expectSameBits(
      (await take(some.states)).map((x) => x + 0),
      expected.map((x) => x + 0),
    );
    for (const { name } of variables)
      expectClose(await take(some.grads[name]!), await take(all.grads[name]!), {
        absolute: 1e-4,
        what: name,
      });
    tf.dispose([all.states, read, weight]);
    parameters.dispose();
  });
});

describe('threads', () => {
  /** States and gradients of a small encoder with dropout, all in one array. */
  async function training(): Promise<Float32Array> {
    const config = smallConfig({ hidden_size: 24, intermediate_size: 40, vocab_size: 60 });
    const parameters = new Parameters(smallTensors(config));
    const variables = parameters.names().map((name) => parameters.get(name));
    const batch = padRows(
      Array.from({ length: 40 }, (_, i) =>
        Array.from({ length: 1 + (i % 19) }, (_unused, j) => (i + 3 * j) % 60),
      ),
      0,
    );
    const options = { dropout: dropoutEverywhere(0.1), key: seedKey(3) };
    const { value, grads } = tf.variableGrads(
      () => tf.sum(tf.square(encode(parameters, config, batch, options))),
      variables,
    );
    const numbers = [...(await take(value))];
    for (const variable of variables) numbers.push(...(await take(grads[variable.name]!)));
    parameters.dispose();
    return Float32Array.from(numbers);
  }

  it('change no bit: one, two and five of them', async () => {
    await start('wasm');
    const results: Float32Array[] = [];
    for (const helpers of [0, 1, 4]) {
      const runtime = startWasmRuntime({ ...wasmThreads, helpers });
      expect(runtime.threadCount).toBe(helpers + 1);
      registerWasmKernels(runtime);
      // Helpers need a moment to start; that the first pass runs before, and the last after, is part of the test.
      results.push(await training());
      await new Promise((resolve) => setTimeout(resolve, 300));
      results.push(await training());
    }
    registerWasmKernels(startWasmRuntime());
    for (const result of results.slice(1)) expectSameBits(result, results[0]!);
  });
});

describe('the binary', () => {
  it('of tfjs becomes one with shared memory, and nothing that is not such a module does', async () => {
    const path = new URL(
      '../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
      import.meta.url,
    );
    const binary = new Uint8Array(readFileSync(path));
    const shared = withSharedMemory(binary);
    expect(WebAssembly.validate(shared as Uint8Array<ArrayBuffer>)).toBe(true);
    expect(shared.filter((byte, i) => byte !== binary[i])).toHaveLength(1);
    expect(() => withSharedMemory(shared)).toThrow(/no memory that can be shared/);
    expect(() => withSharedMemory(binary.slice(0, 8))).toThrow(/no memory that can be shared/);
  });
});
