// Edits of hot knobs come from the page and from files: what is no edit is refused in a sentence that names the knob.
import { describe, expect, it } from 'vitest';
import { defaultConfig, describeRange } from '../../src/run/config.ts';
import { applyEdit, editTo, HOT_KNOB_NAMES, knobEditSchema, withEdits } from '../../src/run/knobEdit.ts';
import { KNOBS, KNOB_NAMES } from '../../src/run/knobs.ts';

const refusal = (edit: unknown) => knobEditSchema.safeParse(edit).error?.issues[0]?.message;

describe('knobEditSchema', () => {
  it('takes a value for each hot knob, and for no other', () => {
    for (const knob of KNOB_NAMES) {
      const edit = { knob, value: KNOBS[knob].default };
      expect(knobEditSchema.safeParse(edit).success, knob).toBe(KNOBS[knob].hot);
    }
    expect(knobEditSchema.parse({ knob: 'temperature', value: 0.1 })).toEqual({
      knob: 'temperature',
      value: 0.1,
    });
  });

  it('says that a cold knob needs a restart, and what an unknown one could have meant', () => {
    expect(refusal({ knob: 'batch', value: 4 })).toBe(
      'Knob "batch" (batch size) cannot change in a running training; restart to apply it.',
    );
    expect(refusal({ knob: 'temprature', value: 4 })).toBe(
      'There is no knob "temprature"; did you mean "temperature"?',
    );
    for (const edit of [null, {}, { knob: 3 }, 'temperature=1']) expect(refusal(edit)).toBeTruthy();
  });

  it.each([
    ['temperature', 7, '7'],
    ['temperature', 'hot', 'hot'],
    ['temperature', NaN, 'NaN'],
    ['margins', [0, 9], '9'],
    ['margins', [], ''],
    ['logEvery', 0.5, '0.5'],
  ] as const)('says what %s takes when it gets %j', (knob, value, given) => {
    const { label } = KNOBS[knob];
    expect(refusal({ knob, value })).toBe(
      `Knob "${knob}" (${label}) takes ${describeRange(KNOBS[knob])}, not "${given}".`,
    );
  });
});

describe('an edit', () => {
  it('sets one knob and says from what to what', () => {
    const before = defaultConfig();
    const { config, change } = applyEdit(before, { knob: 'beta', value: 2 });
    expect(config).toEqual({ ...defaultConfig(), beta: 2 });
    expect(change).toEqual({ knob: 'beta', from: 1, to: 2 });
    expect(before).toEqual(defaultConfig());
  });

  it('is applied in order with others', () => {
    const edits = [
      { knob: 'beta', value: 2 },
      { knob: 'margins', value: [0.1] },
      { knob: 'beta', value: 3 },
    ] as const;
    expect(
      withEdits(
        defaultConfig(),
        edits.map((edit) => knobEditSchema.parse(edit)),
      ),
    ).toEqual({
      ...defaultConfig(),
      beta: 3,
      margins: [0.1],
    });
  });

  it('can be made from a configuration', () => {
    for (const knob of HOT_KNOB_NAMES) expect(refusal(editTo(defaultConfig(), knob))).toBeUndefined();
  });
});
