// Records of runs for the tests: the shape of a training, with values that follow from its seed.
import { DEFAULT_ENCODER } from '../../../src/run/encoders.ts';
import { pageDefaults } from '../../../src/run/pageDefaults.ts';
import type { Config } from '../../../src/run/config.ts';
import type { HeaderEvent, RunEvent } from '../../../src/run/events.ts';
import { settingName } from '../../../src/run/settings.ts';
import type { RunBase } from '../../../src/app/state/runNames.ts';

const { setting, config } = pageDefaults();
export const BASE: RunBase = { setting: settingName(setting), config, model: DEFAULT_ENCODER };

export function header(changes: Partial<Config> = {}, other: Partial<HeaderEvent> = {}): HeaderEvent {
  return {
    type: 'header',
    version: 1,
    setting: BASE.setting,
    config: { ...config, ...changes },
    steps: 120,
    model: {
      name: `./models/${DEFAULT_ENCODER}`,
      type: 'bert',
      layers: 2,
      hidden: 128,
      vocabulary: 8192,
      parameters: 1e6,
      trained: 1e6,
    },
    corpus: { files: [], plain: 900, groups: 300, heldOut: 150, sts: 300 },
    device: { name: 'wasm', detail: '', reason: '' },
    ...other,
  };
}

/** @param offset added to every value, so that runs can be told apart */
export function stepsOf(from: number, to: number, offset = 0, every = 5): RunEvent[] {
  const events: RunEvent[] = [];
  for (let step = from; step <= to; step++) {
    const loss = 2 * Math.exp(-step / 30) + 0.3 + 0.03 * Math.sin(step * 1.7 + offset * 50) + offset;
    const rest = { learningRate: 1e-3, gradNorm: 1, plain: 24, generated: 8, tokens: 600, milliseconds: 100 };
    if (step > 0) events.push({ type: 'step', step, loss, infonce: loss * 0.9, ht: loss * 0.1, ...rest });
    if (step % every === 0) {
      const decay = Math.exp(-step / 40);
      const metric = (name: 'alignment' | 'uniformity' | 'sts', split: 'train' | 'eval', value: number) =>
        events.push({ type: 'metric', step, split, name, value, mode: split, count: 100 });
      const wave = 0.01 * Math.sin(step / 7 + offset * 90);
      metric('alignment', 'train', 0.3 + 0.2 * decay + wave + offset);
      metric('alignment', 'eval', 0.25 + 0.1 * decay - wave);
      metric('uniformity', 'train', -2 + 1.2 * decay + wave * 3 + offset);
      metric('uniformity', 'eval', -1.8 + 1.3 * decay);
      metric('sts', 'eval', 0.5 - 0.16 * decay + wave + offset / 2);
    }
  }
  return events;
}

export const end = (step: number): RunEvent => ({ type: 'end', step, reason: 'finished', message: '' });

export function record(
  changes: Partial<Config> = {},
  offset = 0,
  steps = 120,
  other: Partial<HeaderEvent> = {},
): RunEvent[] {
  return [header(changes, other), ...stepsOf(0, steps, offset), end(steps)];
}
