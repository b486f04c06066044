// The benchmark must compare like with like: what it measures is checked here, how fast anything is is not.
import { beforeAll, describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { parameterShapes } from '../../src/encoder/parameters.ts';
import type { DeviceInfo } from '../../src/util/devices.ts';
import { eachBackend, start } from '../support/backends.ts';
import type { BenchResult, BenchEntry } from './bench.ts';
import { counted } from './counts.ts';
import { compareCurves, DRIFT_TARGET, driftLines } from './drift.ts';
import { lentKernels, registeredKernels } from './fairness.ts';
import { growthAxes, growthLines } from './growth.ts';
import { ours } from './ours.ts';
import { profiled } from './profile.ts';
import { benchJson, benchLines } from './report.ts';
import { median, takeTurns } from './rounds.ts';
import { CASES, encoderConfig, EXTENT, SIZES, stepFlops, type Size } from './sizes.ts';
import { vanilla } from './vanilla.ts';
import { makeWork, type Work } from './work.ts';

const TINY: Size = { layers: 2, hidden: 16, heads: 2, intermediate: 24, vocabulary: 50 };
const FEW = { pairs: 4, length: 6 };
const quiet = () => undefined;

describe('operations of a step', () => {
  it('are those of the issue for pocket and mini, so that GFLOP/s can be compared with other measurements', () => {
    expect(stepFlops(SIZES.pocket, EXTENT) / 1e9).toBeCloseTo(5.03, 2);
    expect(stepFlops(SIZES.mini, EXTENT) / 1e9).toBeCloseTo(39.46, 2);
  });

  it('equal a count product by product', () => {
    const size: Size = { layers: 3, hidden: 8, heads: 2, intermediate: 20, vocabulary: 99 };
    const [tokens, length, head] = [2 * 5 * 7, 7, 4];
    const product = (m: number, k: number, n: number) => 2 * m * k * n;
    let forward = 0;
    for (let layer = 0; layer < size.layers; layer++) {
      forward += 4 * product(tokens, 8, 8); // query, key, value and output
      forward += product(tokens, 8, 20) + product(tokens, 20, 8);
      const perHead = product(length, head, length) + product(length, length, head);
      forward += 2 * 5 * size.heads * perHead;
    }
    expect(stepFlops(size, { pairs: 5, length })).toBe(3 * forward);
    // The last layer for one token a sentence: query, output, both dense layers, and its row of the attention.
    const spared = tokens - 2 * 5;
    forward -= 2 * product(spared, 8, 8) + product(spared, 8, 20) + product(spared, 20, 8);
    forward -= 2 * 5 * size.heads * (product(length - 1, head, length) + product(length - 1, length, head));
    expect(stepFlops(size, { pairs: 5, length }, 'first')).toBe(3 * forward);
  });
});

describe('work', () => {
  it('is the same for the same seed and differs for another', () => {
    const make = (seed: number) => makeWork(TINY, FEW, CASES[0]!, seed);
    expect(make(1)).toEqual(make(1));
    expect(make(1).batches).not.toEqual(make(2).batches);
  });

  it('has rows of full length, pairs of the same words, and a frozen table only where the case says so', () => {
    const work = makeWork(TINY, FEW, CASES[0]!);
    for (const [i, row] of work.batches[0]!.entries()) {
      expect(row).toHaveLength(FEW.length);
      expect(Math.max(...row)).toBeLessThan(TINY.vocabulary);
      if (i % 2) expect([...row].sort()).toEqual([...work.batches[0]![i - 1]!].sort());
    }
    expect(work.trained).toHaveLength(parameterShapes(encoderConfig(TINY, FEW.length)).size);
    const frozen = makeWork(TINY, FEW, { dropout: 0, frozen: true }).trained;
    expect(frozen.some((name) => name.startsWith('embeddings.'))).toBe(false);
    expect(frozen).not.toHaveLength(0);
  });
});

eachBackend(
  (backend) => {
    // Trained far enough for a difference in gradient or optimiser to show in the second and third loss.
    it.each([{ frozen: false }, { frozen: true }])('ours and vanilla train alike, %o', async ({ frozen }) => {
      const work = bolder(makeWork(TINY, FEW, { dropout: 0, frozen }));
      const steppers = [ours(work), vanilla(work)];
      const before = tf.memory().numTensors;
      const [own, other] = await takeTurns(steppers, 2, quiet);
      own!.losses.forEach((loss, i) => expect(loss).toBeCloseTo(other!.losses[i]!, 4));
      expect(Math.abs(own!.losses[2]! - own!.losses[0]!)).toBeGreaterThan(1e-3);
      for (const { tensors, samples } of [own!, other!]) {
        expect(samples).toHaveLength(2);
        expect(new Set(tensors).size).toBe(1);
      }
      // tfjs makes Adam's moments at the first step.
      expect(tf.memory().numTensors).toBeGreaterThanOrEqual(before);
      for (const stepper of steppers) stepper.dispose();
    });

    it('vanilla drops out when asked to', async () => {
      const loss = async (dropout: number) => {
        const stepper = vanilla(bolder(makeWork(TINY, FEW, { dropout, frozen: false })));
        const value = await stepper.run(0, 1);
        stepper.dispose();
        return value;
      };
      expect(Math.abs((await loss(0.3)) - (await loss(0)))).toBeGreaterThan(1e-4);
    });

    it('disposing of a contestant frees all that it made', async () => {
      const before = tf.memory().numTensors;
      for (const make of [ours, vanilla]) {
        const stepper = make(makeWork(TINY, FEW, CASES[1]!));
        await stepper.run(0, 2);
        stepper.dispose();
        expect(tf.memory().numTensors).toBe(before);
      }
    });

    it('the profile lists the kernels of a step', async () => {
      const stepper = vanilla(makeWork(TINY, FEW, CASES[0]!));
      await stepper.run(0, 1);
      const { kernels, calls, peakBytes } = await profiled(() => stepper.run(1, 1));
      stepper.dispose();
      expect(kernels.reduce((sum, kernel) => sum + kernel.calls, 0)).toBe(calls);
      // Per layer eight products forward and sixteen backward, and the loss's three.
      const products = kernels.filter(({ kernel }) => kernel === 'BatchMatMul');
      expect(products[0]?.calls).toBe(24 * TINY.layers + 3);
      expect(peakBytes).toBeGreaterThan(0);
      if (backend !== 'cpu') expect(kernels[0]!.ms).toBeGreaterThan(0);
    });
  },
  ['cpu', 'wasm'],
);

eachBackend(() => {
  it('dispatches and buffers are counted, and only while asked', async () => {
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    const x = tf.fill([40, 50], 2);
    const twoKernels = async () => {
      const y = tf.tidy(() => tf.relu(tf.neg(x)));
      await y.data();
      y.dispose();
    };
    await twoKernels();
    const counts = await counted(device, twoKernels);
    expect(counts).toMatchObject({ dispatches: 2, writes: 2, buffers: 0, bytes: 0, submits: 1 });
    await twoKernels();
    expect(counts.dispatches).toBe(2);
    x.dispose();
    const made = await counted(device, async () => device.createBuffer({ size: 64, usage: 8 }).destroy());
    expect(made).toMatchObject({ dispatches: 0, buffers: 1, bytes: 64 });
  });

  it('the profile times kernels by timestamps', async () => {
    const x = tf.fill([64, 64], 2);
    const { kernels } = await profiled(async () => {
      const y = tf.tidy(() => tf.exp(x));
      await y.data();
      y.dispose();
    });
    x.dispose();
    expect(kernels).toEqual([{ kernel: 'Exp', calls: 1, ms: expect.any(Number) }]);
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    if (device.features.has('timestamp-query')) expect(kernels[0]!.ms).toBeGreaterThan(0);
  });
}, ['software']);

/** Larger weights: the losses of a freshly initialised encoder hardly move. */
function bolder(work: Work): Work {
  for (const [name, { data }] of work.tensors)
    if (!name.includes('LayerNorm')) data.forEach((x, i) => (data[i] = 10 * x));
  return work;
}

describe('fairness', () => {
  beforeAll(() => start('wasm'));

  it('tells when vanilla would run a kernel of ours', () => {
    const before = registeredKernels();
    expect(lentKernels(before, 'wasm')).toEqual([]);
    const { kernelFunc } = tf.getKernel('Relu', 'wasm');
    tf.unregisterKernel('Relu', 'wasm');
    tf.registerKernel({ kernelName: 'Relu', backendName: 'wasm', kernelFunc: (given) => kernelFunc(given) });
    expect(lentKernels(before, 'wasm')[0]).toMatch(/our Relu instead of its own/);
    expect(lentKernels(before, 'cpu')).toEqual([]);
    before.delete('wasm Relu');
    expect(lentKernels(before, 'wasm')[0]).toMatch(/has no Relu on wasm/);
  });
});

describe('report', () => {
  const device: DeviceInfo = { name: 'wasm', detail: 'WebAssembly SIMD', reason: 'requested' };
  const entry = (name: string, ms: number): BenchEntry => ({
    name,
    ms,
    samples: [ms],
    losses: [3, 2, 1],
    tensors: [10, 10],
    gflops: stepFlops(SIZES.pocket, EXTENT) / ms / 1e6,
  });
  const profile = { kernels: [{ kernel: 'Add', calls: 7, ms: 2 }], calls: 7, peakBytes: 2 ** 20 };
  const result: BenchResult = {
    peak: { size: 1024, ours: 100, tfjs: 40, best: 100 },
    cases: [{ kind: CASES[0]!, entries: [entry('ours', 100), entry('vanilla tfjs', 450)] }],
    demands: [
      { name: 'ours', counts: undefined, profile },
      { name: 'vanilla tfjs', counts: undefined, profile: { ...profile, calls: 900 } },
    ],
    notes: ['jax-js: not installed.'],
  };

  it('as JSON has the fields that scripts read', () => {
    expect(benchJson('pocket', device, result)).toEqual({
      device: 'wasm',
      adapter: 'WebAssembly SIMD',
      size: 'pocket',
      ours: { msPerStep: 100, gflops: expect.closeTo(50.3, 1), dispatches: 7 },
      vanilla: { msPerStep: 450, gflops: expect.closeTo(11.2, 1), dispatches: 900 },
      ratio: 4.5,
      peakGflops: 100,
      shareOfPeak: expect.closeTo(0.503, 3),
    });
  });

  it('as JSON says null where vanilla was left out', () => {
    const cases = [{ kind: CASES[0]!, entries: [entry('ours', 100)] }];
    const json = benchJson('pocket', device, { ...result, cases, demands: result.demands.slice(0, 1) });
    expect(json).toMatchObject({ vanilla: null, ratio: null });
  });

  it('in words shows times, losses and notes', () => {
    const text = benchLines('pocket', device, result).join('\n');
    expect(text).toContain('4.50 x faster');
    expect(text).toMatch(/ours +3\.000000 +2\.000000 +1\.000000/);
    expect(text).toContain('jax-js: not installed.');
  });

  it('takes the median, of an even number the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
  });
});

describe('growth', () => {
  it('walks one axis at a time and says what it skipped', () => {
    const rows = growthAxes(2).flat();
    expect(rows.filter(({ axis }) => axis === 'batch').map(({ pairs }) => pairs)).toEqual([
      8, 16, 32, 64, 128, 256, 512,
    ]);
    expect(rows.every((r) => r.axis === 'layers' || r.layers === 2)).toBe(true);
    const lines = growthLines('pocket', [
      { ...rows[0]!, ms: 51.2, gflops: 10, reason: undefined },
      { ...rows[1]!, ms: undefined, gflops: undefined, reason: 'over the budget' },
    ]);
    expect(lines[2]).toMatch(/512 +51\.2 +100\.00 +10\.0/); // 2 * 8 * 32 tokens
    expect(lines[3]).toContain('skipped: over the budget');
  });
});

describe('drift', () => {
  it('finds the largest difference and says whether it is within the target', () => {
    const drift = compareCurves(['SemblanceLinear'], [3, 2.5, 2], [3, 2.5 + 2 * DRIFT_TARGET, 2]);
    expect(drift).toMatchObject({ at: 2, last: 0 });
    expect(driftLines(drift).join('\n')).toContain('NOT within');
    expect(compareCurves([], [1, NaN], [1, 1]).largest).toBe(Infinity);
  });
});
