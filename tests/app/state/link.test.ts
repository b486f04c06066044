// A link must bring back exactly the recipe it was made from, or the same link would not give the same losses.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLink, writeLink, type RecipeValues } from '../../../src/app/state/link.ts';
import { DEVICE_CHOICES } from '../../../src/util/devices.ts';
import { defaultConfig, type Config } from '../../../src/run/config.ts';
import { KNOBS, KNOB_NAMES, type Knob } from '../../../src/run/knobs.ts';
import { PATTERN_NAMES } from '../../../src/run/settings.ts';

const choices = { domains: ['scenes', 'my own & more'], models: ['auto', 'pocket', 'mini'] };
const defaults: RecipeValues = {
  setting: { domain: 'scenes', pattern: 'sts_ht' },
  config: { ...defaultConfig(), steps: 120 },
  device: 'auto',
  model: 'auto',
};

function valueOf(knob: Knob): fc.Arbitrary<unknown> {
  // -0 and 0 are the same knob, though not the same to the comparison below.
  const number = (min: number, max: number) =>
    fc.double({ min, max, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  switch (knob.kind) {
    case 'number':
      return number(knob.min, knob.max);
    case 'integer':
      return fc.integer({ min: knob.min, max: knob.max });
    case 'boolean':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...knob.choices);
    case 'numbers':
      return fc.array(number(knob.min, knob.max), { minLength: 1, maxLength: 16 });
  }
}

const configs = fc.record(
  Object.fromEntries(KNOB_NAMES.map((name) => [name, valueOf(KNOBS[name])])),
) as unknown as fc.Arbitrary<Config>;
const recipes: fc.Arbitrary<RecipeValues> = fc.record({
  setting: fc.record({
    domain: fc.constantFrom(...choices.domains),
    pattern: fc.constantFrom(...PATTERN_NAMES),
  }),
  config: fc.oneof(configs, fc.constant(defaults.config)),
  device: fc.constantFrom(...DEVICE_CHOICES),
  model: fc.constantFrom(...choices.models),
});

describe('a link', () => {
  it('brings back every recipe, to the last digit', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { values, errors } = readLink(`#${writeLink(recipe, defaults)}`, defaults, choices);
        expect(errors).toEqual([]);
        expect(values).toEqual(recipe);
      }),
    );
  });

  it('survives the address bar: what it writes is a hash that URL leaves as it is', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const link = writeLink(recipe, defaults);
        expect(new URL(`http://page/#${link}`).hash).toBe(link === '' ? '' : `#${link}`);
      }),
    );
  });

  it('says only what differs, readably', () => {
    expect(writeLink(defaults, defaults)).toBe('');
    const config = { ...defaults.config, temperature: 0.1, seed: 7, margins: [0.005, 0.1] };
    const setting = { domain: 'scenes', pattern: 'sup' } as const;
    expect(writeLink({ ...defaults, setting, config }, defaults)).toBe(
      'setting=scenes.sup&temperature=0.1&margins=0.005,0.1&seed=7',
    );
  });

  it('says a value of run/knobs.ts that is not the default of the page', () => {
    // Without this, a link made here would mean another number of steps than it says.
    expect(writeLink({ ...defaults, config: { ...defaults.config, steps: 0 } }, defaults)).toBe('steps=0');
  });
});

describe('a link with nonsense', () => {
  it('names each bad entry in one sentence and uses the rest', () => {
    const hash =
      '#temperature=9&setting=moon.sup&temprature=0.2&device=abacus&batch=&model=huge&margins=1,x&seed=7';
    const { values, errors } = readLink(hash, defaults, choices);
    expect(values).toEqual({ ...defaults, config: { ...defaults.config, seed: 7 } });
    expect(errors).toHaveLength(7);
    for (const name of ['temperature', 'moon', 'temprature', 'abacus', 'batch', 'huge', 'margins']) {
      expect(errors.filter((error) => error.includes(`"${name}"`))).toHaveLength(
        name === 'temperature' ? 2 : 1,
      );
    }
    expect(errors.join(' ')).toContain('did it mean "temperature"');
  });

  it('takes a setting whose pattern is unknown for an error, not for a crash', () => {
    const { values, errors } = readLink('#setting=scenes.stss', defaults, choices);
    expect(values.setting).toEqual(defaults.setting);
    expect(errors[0]).toContain('did you mean "sts"');
  });

  it('lets nothing in that is not a knob, whatever stands in the hash', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webFragments()), (hash) => {
        const { values } = readLink(hash, defaults, choices);
        expect(Object.keys(values.config)).toEqual(Object.keys(defaults.config));
      }),
    );
    expect(readLink('#__proto__=1&constructor=2', defaults, choices).errors).toHaveLength(2);
  });

  it('keeps an error short, however long the link', () => {
    const { errors } = readLink(`#seed=${'9'.repeat(5000)}&${'k'.repeat(5000)}=1`, defaults, choices);
    expect(errors).toHaveLength(2);
    for (const error of errors) expect(error.length).toBeLessThan(250);
  });

  it('leaves the defaults it was given alone', () => {
    const before = structuredClone(defaults);
    readLink('#setting=scenes.sup&seed=7', defaults, choices).values.config.margins.push(1);
    expect(defaults).toEqual(before);
  });
});
