// A run's kernels are compiled before its first step. That must leave no trace but the compiled kernels: the numbers
// of the run are those of one that compiled as it went.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { webGpuBackend } from '../../src/kernels/tfjsBackends.ts';
import { defaultConfig } from '../../src/run/config.ts';
import type { DeviceInfo } from '../../src/util/devices.ts';
import type { RunInputs } from '../../src/trainer/prepare.ts';
import { TrainingSession } from '../../src/trainer/session.ts';
import { eachBackend, start } from '../support/backends.ts';
import { tinyGroups, tinyModel, tinyPairs, tinyPlain } from '../support/tiny.ts';

const STEPS = 3;

function inputs(device: DeviceInfo): RunInputs {
  return {
    setting: { domain: 'tiny', pattern: 'sts_ht' },
    config: {
      ...defaultConfig(),
      batch: 8,
      generatedBatch: 4,
      steps: STEPS,
      freezeEmbeddings: false,
      learningRate: 1e-3,
      logEvery: 1,
    },
    groups: [...tinyPlain(30), ...tinyGroups(24)],
    sts: tinyPairs(12),
    model: tinyModel(),
    device,
    files: ['tiny'],
  };
}

async function run(device: DeviceInfo, warm: boolean) {
  const session = new TrainingSession(inputs(device));
  const shares: number[] = [];
  const tensors = tf.memory().numTensors;
  if (warm) await session.compileKernels({ onProgress: (share) => shares.push(share), always: true });
  expect(tf.memory().numTensors).toBe(tensors);
  const events = [];
  for (let step = 0; step < STEPS; step++) events.push(...(await session.update()));
  events.push(...(await session.flushEvents()));
  const { tensors: moments, encoder } = await session.checkpoint();
  session.dispose();
  const losses = events.map(({ loss, gradNorm }) => [loss, gradNorm]);
  return { shares, losses, weights: [...encoder, ...moments].map(([name, { data }]) => [name, [...data]]) };
}

describe('compiling before the first step', () => {
  eachBackend(
    (backend) => {
      it('changes no number of the run', async () => {
        const warmed = await run(await start(backend), true);
        const cold = await run(await start(backend), false);
        expect(cold.losses.length).toBe(STEPS);
        expect(warmed.losses).toEqual(cold.losses);
        expect(warmed.weights).toEqual(cold.weights);
        if (backend !== 'software') expect(warmed.shares).toEqual([]);
        else expect(warmed.shares.at(-1)).toBe(1);
      });
    },
    ['wasm', 'software'],
  );

  eachBackend(() => {
    it('is left off where it saves no time; else little is left for the first step', async () => {
      const device = await start('software');
      const { pipelineCache } = webGpuBackend();
      const session = new TrainingSession(inputs(device));
      const made = Object.keys(pipelineCache).length;
      await session.compileKernels();
      expect(Object.keys(pipelineCache).length).toBe(made);
      await session.compileKernels({ always: true });
      const compiled = Object.values(pipelineCache);
      expect(compiled.length).toBeGreaterThan(20);
      expect(compiled.some((pipeline) => pipeline instanceof Promise)).toBe(false);
      await session.update();
      await session.flushEvents();
      session.dispose();
      const late = Object.keys(pipelineCache).slice(compiled.length);
      expect(late.length, late.join(', ')).toBeLessThanOrEqual(5);
    });
  }, ['software']);
});
