// Knobs come from command lines, links and files. Every one must refuse what it cannot take in a sentence that names
// it, and a run must be named by exactly what makes it differ.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  configDifference,
  configSchema,
  defaultConfig,
  describeDifference,
  describeRange,
  parseKnobAssignment,
  parseKnobText,
  parseKnobValue,
  type Config,
} from '../../src/run/config.ts';
import { KNOB_NAMES, KNOBS, type Knob, type KnobName } from '../../src/run/knobs.ts';
import { UsageFailure } from '../../src/util/failure.ts';

fc.configureGlobal({ seed: 3, numRuns: 200 });

const knobOf = (name: KnobName): Knob => KNOBS[name];

/** The text of a value that a knob takes. */
function anyTextOf(knob: Knob): fc.Arbitrary<string> {
  switch (knob.kind) {
    case 'integer':
      return fc.integer({ min: knob.min, max: Math.min(knob.max, 2 ** 31 - 1) }).map(String);
    case 'number':
      return anyNumber(knob);
    case 'boolean':
      return fc.constantFrom('true', 'false', 'on', 'OFF', 'yes', 'no', '1', '0');
    case 'choice':
      return fc.constantFrom(...knob.choices);
    case 'numbers':
      return fc.array(anyNumber(knob), { minLength: 1, maxLength: 16 }).map((list) => list.join(','));
  }
}

function anyNumber({ min, max }: { min: number; max: number }): fc.Arbitrary<string> {
  return fc.double({ min, max, noNaN: true }).map(String);
}

/** Texts that a knob must refuse. */
function refusedBy(knob: Knob): string[] {
  switch (knob.kind) {
    case 'integer':
      return [`${knob.min - 1}`, `${knob.max + 1}`, `${knob.min + 0.5}`, '', ' ', 'many', 'NaN'];
    case 'number':
      return [`${knob.min - 0.1}`, `${knob.max + 0.1}`, '', ' ', 'much', 'NaN', 'Infinity'];
    case 'boolean':
      return ['', 'maybe', '2'];
    case 'choice':
      return ['', 'other', knob.choices.join(',')];
    case 'numbers':
      return [`${knob.min - 1}`, `0,${knob.max + 1}`, '', '0,', ',0', '0;0', new Array(17).fill(0).join(',')];
  }
}

describe('defaults', () => {
  it('are those of the knob table, and a configuration of their own each time', () => {
    const [config, other] = [defaultConfig(), defaultConfig()];
    for (const name of KNOB_NAMES) expect(config[name]).toEqual(KNOBS[name].default);
    config.margins.push(1);
    expect(other.margins).toEqual(KNOBS.margins.default);
    expect(defaultConfig().margins).toEqual(KNOBS.margins.default);
  });

  it('fill in what a partial configuration leaves out', () => {
    expect(configSchema.parse({ batch: 8 })).toEqual({ ...defaultConfig(), batch: 8 });
  });

  it('lie in their own ranges, and the table explains itself', () => {
    for (const name of KNOB_NAMES) {
      const knob = knobOf(name);
      expect(parseKnobText(name, String(knob.default)), name).toEqual(knob.default);
      expect(Math.min(knob.label.length, knob.help.length, knob.source.length), name).toBeGreaterThan(0);
      if ('min' in knob) expect(knob.min, name).toBeLessThan(knob.max);
    }
  });
});

describe('a whole configuration', () => {
  it('is refused with the path of the knob that is wrong', () => {
    const paths = (value: unknown) =>
      configSchema.safeParse(value).error?.issues.map(({ path }) => path.join('.'));
    expect(paths({ batch: 1 })).toEqual(['batch']);
    expect(paths({ margins: [0, 'x'] })).toEqual(['margins.1']);
    expect(paths({ temperature: '0.05' })).toEqual(['temperature']);
  });

  it('is refused when it holds a knob that nobody knows', () => {
    expect(configSchema.safeParse({ temprature: 0.05 }).error?.message).toMatch(/temprature/);
    for (const value of [null, [], 'text', 3]) expect(configSchema.safeParse(value).success).toBe(false);
  });
});

describe('parseKnobAssignment', () => {
  it.each([
    ['batch=8', { batch: 8 }],
    [' batch =1e2', { batch: 100 }],
    ['temperature=.1', { temperature: 0.1 }],
    ['learningRate=3e-5', { learningRate: 3e-5 }],
    ['margins=0.005, 0.1', { margins: [0.005, 0.1] }],
    ['margins=0', { margins: [0] }],
    ['head=OFF', { head: false }],
    ['head= yes ', { head: true }],
    ['pooling= mask ', { pooling: 'mask' }],
    ['seed=281474976710656', { seed: 2 ** 48 }],
  ])('reads "%s"', (text, expected) => {
    expect(parseKnobAssignment(text)).toEqual(expected);
  });

  it.each(['batch', '', '=8', 'batch:8'])('wants knob=value, not "%s"', (text) => {
    expect(() => parseKnobAssignment(text)).toThrow(
      new UsageFailure(`--set takes knob=value, not "${text}".`),
    );
  });

  it('suggests the knob that was meant', () => {
    expect(() => parseKnobAssignment('temprature=1')).toThrow(
      'There is no knob "temprature"; did you mean "temperature"?',
    );
    expect(() => parseKnobAssignment('learning_rate=1')).toThrow(/did you mean "learningRate"/);
  });

  it.each(['nothingLikeIt', 'constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'lists the knobs when "%s" is like none of them',
    (name) => {
      expect(() => parseKnobAssignment(`${name}=1`)).toThrow(/There is no knob .*known knobs: maxLength, /);
      expect(() => parseKnobAssignment(`${name}=1`)).toThrow(UsageFailure);
    },
  );
});

describe.each(KNOB_NAMES)('knob %s', (name) => {
  const knob = knobOf(name);

  it('takes what it says it takes', () => {
    fc.assert(
      fc.property(anyTextOf(knob), (text) => {
        const value = parseKnobText(name, text);
        expect(configSchema.safeParse({ [name]: value }).success).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it.each(refusedBy(knob))('refuses "%s" in a sentence that names it and its range', (text) => {
    const sentence = `Knob "${name}" (${knob.label}) takes ${describeRange(knob)}, not "${text}".`;
    expect(() => parseKnobAssignment(`${name}=${text}`)).toThrow(new UsageFailure(sentence));
  });

  it('takes a value as it is, and refuses one of another type in the same sentence', () => {
    expect(parseKnobValue(name, knob.default)).toEqual(knob.default);
    for (const wrong of [null, undefined, 'no such value']) {
      const sentence = `Knob "${name}" (${knob.label}) takes ${describeRange(knob)}, not "${String(wrong)}".`;
      expect(() => parseKnobValue(name, wrong)).toThrow(new UsageFailure(sentence));
    }
  });

  if ('min' in knob) {
    it('takes both ends of its range', () => {
      for (const end of [knob.min, knob.max]) {
        expect(parseKnobText(name, String(end))).toEqual(knob.kind === 'numbers' ? [end] : end);
      }
    });
  }
});

describe('describeDifference', () => {
  /** A configuration with some knobs turned. */
  const anyConfig = fc
    .subarray(KNOB_NAMES.slice())
    .chain((names) =>
      fc.tuple(...names.map((name) => anyTextOf(knobOf(name)).map((text) => `${name}=${text}`))),
    )
    .map((settings) => Object.assign(defaultConfig(), ...settings.map(parseKnobAssignment)) as Config);

  it('says "defaults" where nothing differs', () => {
    expect(describeDifference(defaultConfig())).toBe('defaults');
    expect(configDifference(defaultConfig(), defaultConfig())).toEqual([]);
  });

  it('names the turned knobs in the order of the table', () => {
    const config: Config = { ...defaultConfig(), seed: 7, temperature: 0.1, margins: [0.01, 0.1] };
    expect(describeDifference(config)).toBe('temperature=0.1 margins=0.01,0.1 seed=7');
    expect(describeDifference(defaultConfig(), config)).toBe('temperature=0.05 margins=0.005,0.05 seed=42');
    expect(configDifference(config, { ...config, head: false })).toEqual(['head']);
  });

  it('can be read back as settings', () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const text = describeDifference(config);
        const settings = text === 'defaults' ? [] : text.split(' ').map(parseKnobAssignment);
        const restored = Object.assign(defaultConfig(), ...settings) as Config;
        expect(configDifference(restored, config)).toEqual([]);
      }),
    );
  });
});
