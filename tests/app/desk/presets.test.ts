// A preset with a knob or value that does not exist would do nothing, or break the run, under a name that promises.
import { describe, expect, it } from 'vitest';
import { pageDefaults, PAGE_KNOBS } from '../../../src/run/pageDefaults.ts';
import { PRESETS, presetOf } from '../../../src/app/desk/presets.ts';
import { t } from '../../../src/app/messages/t.ts';
import { configSchema } from '../../../src/run/config.ts';
import { idleReason } from '../../../src/app/desk/knobControls.ts';
import { KNOBS, type Knob, type KnobName } from '../../../src/run/knobs.ts';
import { presetKnobs, presetRun } from '../../../src/run/presets.ts';

const defaults = pageDefaults();

describe('the defaults of the page', () => {
  it('are a valid configuration', () => {
    expect(configSchema.parse(PAGE_KNOBS)).toEqual(defaults.config);
  });
});

describe.each(PRESETS)('preset $id', ({ knobs, pattern, labelKey, watchKey, id }) => {
  it('is a valid configuration', () => {
    // strictObject: an unknown knob is refused.
    expect(configSchema.safeParse({ ...PAGE_KNOBS, ...knobs }).error).toBeUndefined();
  });

  it('turns only knobs that act in its own setting', () => {
    const config = { ...defaults.config, ...knobs };
    for (const name of Object.keys(knobs) as KnobName[]) expect(idleReason(name, pattern, config)).toBeNull();
  });

  it('has a name and a sentence what to watch', () => {
    for (const key of [labelKey, watchKey]) expect(t(key)).not.toBe(key);
  });

  it('is known again by its values, so that the form can name it', () => {
    expect(presetOf(pattern, { ...defaults.config, ...knobs }, defaults.config)?.id).toBe(id);
  });
});

describe("the paper's values", () => {
  const { knobs } = presetKnobs('paperValues');

  it("are the paper's, or begin the remark that stands for them", () => {
    for (const [name, value] of Object.entries(knobs)) {
      const { paper }: Knob = KNOBS[name as KnobName];
      if (typeof paper === 'string') expect(paper.startsWith(String(value))).toBe(true);
      else expect(value).toEqual(paper);
    }
  });

  it('leave none of the objective and the encoder to the page', () => {
    const { config } = presetRun('paperValues');
    expect(config).toMatchObject({
      temperature: 0.05,
      beta: 1,
      margins: [5e-3, 5e-2],
      generatedBatch: 16,
      dropout: 0.1,
      pooling: 'cls',
      head: true,
      freezeEmbeddings: true,
    });
  });

  it('leave the learning rate and the length of the run to the page', () => {
    const { config } = presetRun('paperValues');
    for (const name of ['learningRate', 'batch', 'steps', 'evaluateEvery', 'measureCap'] as const)
      expect(config[name]).toBe(defaults.config[name]);
  });
});

it('the first preset is where the page starts', () => {
  expect(presetOf(defaults.setting.pattern, defaults.config, defaults.config)).toBe(PRESETS[0]);
});
