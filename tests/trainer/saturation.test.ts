// Entries that F16 cannot hold become its largest number, and the run says so, with the step.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { webGpuBackend } from '../../src/kernels/tfjsBackends.ts';
import { setKernelConfig } from '../../src/kernels/tuning.ts';
import { defaultConfig } from '../../src/run/config.ts';
import { SaturationNotes } from '../../src/trainer/saturationNotes.ts';
import { TrainingSession } from '../../src/trainer/session.ts';
import { eachBackend } from '../support/backends.ts';
import { tinyGroups, tinyModel, tinyPlain } from '../support/tiny.ts';

describe('notes on saturated entries', () => {
  it('come at the first time, and whenever the number of times has doubled', () => {
    const notes = new SaturationNotes();
    const steps = [];
    for (let step = 1; step <= 9; step++) {
      notes.add(step, step === 2 ? 0 : 10);
      steps.push(...notes.take().map((note) => note.step));
    }
    expect(steps).toEqual([1, 3, 5, 9]);
  });

  it('say how many entries there were, and how many so far', () => {
    const notes = new SaturationNotes();
    notes.add(4, 1);
    notes.add(5, 20);
    const [first, second] = notes.take();
    expect(first).toMatchObject({ type: 'note', step: 4 });
    expect(first!.text).toMatch(/^Up to step 4 1 entry of .* beyond 65504/);
    expect(second!.text).toMatch(/^Up to step 5 20 entries .*In all it was 21 so far\.$/);
    expect(notes.take()).toEqual([]);
  });
});

describe('a training on', () => {
  eachBackend(() => {
    it('counts what its steps and its measurements saturate', { timeout: 600_000 }, async () => {
      const knobs = { batch: 4, steps: 3, evaluateEvery: 3, measureCap: 4, dropout: 0 };
      const session = new TrainingSession({
        setting: { domain: 'tiny', pattern: 'sup' },
        config: { ...defaultConfig(), ...knobs },
        groups: [...tinyPlain(20), ...tinyGroups(20).map((group) => ({ ...group, pattern: 'sup' as const }))],
        sts: [],
        model: tinyModel(),
        device: { name: 'software', detail: 'test', reason: 'test' },
        files: ['tiny'],
      });
      const { log } = session.state;
      try {
        await session.update();
        expect(log.saturation.take()).toEqual([]);
        // The user is refused F16 by an adapter without "shader-f16"; the products can round to it all the same.
        setKernelConfig(webGpuBackend(), { software: true, precision: 'f16' });
        await session.update();
        expect(log.saturation.take()).toEqual([]);
        const weight = session.model.parameters.get('encoder.layer.0.attention.output.dense.weight');
        const large = tf.tidy(() => tf.add(tf.mul(weight, 0), 7e4));
        weight.assign(large);
        large.dispose();
        const [event] = await session.update();
        expect(event).not.toHaveProperty('saturated');
        const [note] = log.saturation.take();
        expect(note!.step).toBe(3);
        expect(Number(/^Up to step 3 (\d+) entries/.exec(note!.text)![1])).toBeGreaterThanOrEqual(16 * 16);
        await session.evaluate();
        expect(log.saturation.take()).toMatchObject([{ step: 3 }]);
      } finally {
        session.dispose();
        setKernelConfig(webGpuBackend(), { software: true });
      }
    });
  }, ['software']);
});
