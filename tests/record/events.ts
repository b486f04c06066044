// Events of an imaginary run, as small as the schema allows.
import { defaultConfig, type Config } from '../../src/run/config.ts';
import type { HeaderEvent, MetricEvent, RunEvent, StepEvent } from '../../src/run/events.ts';

export const header = (config: Partial<Config> = {}, from?: number): HeaderEvent => ({
  type: 'header',
  version: 1,
  setting: 'scenes.sts_ht',
  config: { ...defaultConfig(), ...config },
  steps: 40,
  model: { name: 'm', type: 'bert', layers: 1, hidden: 8, vocabulary: 9, parameters: 10, trained: 10 },
  corpus: { files: [], plain: 1, groups: 1, heldOut: 1, sts: 1 },
  device: { name: 'cpu', detail: '', reason: '' },
  ...(from !== undefined && { from: { step: from } }),
});

export const step = (n: number, loss = n, milliseconds = 1): StepEvent => ({
  type: 'step',
  step: n,
  loss,
  infonce: loss / 2,
  ht: n % 2 ? null : 1,
  learningRate: 1,
  gradNorm: 1,
  plain: 1,
  generated: 1,
  tokens: 1,
  milliseconds,
});

export const metric = (
  n: number,
  name: MetricEvent['name'],
  value: number | null,
  split: 'train' | 'eval' = 'eval',
): MetricEvent => ({ type: 'metric', step: n, split, name, value, mode: split, count: 1 });

export const edit = (n: number, from: number, to: number): RunEvent => ({
  type: 'edit',
  step: n,
  knob: 'temperature',
  from,
  to,
});

export const note = (n: number, text: string): RunEvent => ({ type: 'note', step: n, text });

export const end = (n: number): RunEvent => ({ type: 'end', step: n, reason: 'finished', message: '' });
