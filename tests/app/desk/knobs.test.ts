// The form is drawn from the knob table: none may be missing, shown twice, or given a slider that cannot reach it.
import { describe, expect, it } from 'vitest';
import katex from 'katex';
import {
  ESSENTIAL_KNOBS,
  furtherKnobs,
  GROUPS,
  idleReason,
  SLIDERS,
} from '../../../src/app/desk/knobControls.ts';
import { KNOB_FORMULAS } from '../../../src/app/desk/knobFormulas.ts';
import { paperValue } from '../../../src/app/desk/knobText.ts';
import { pageDefaults } from '../../../src/run/pageDefaults.ts';
import { defaultConfig, parseKnobText, parseKnobValue } from '../../../src/run/config.ts';
import { KNOBS, KNOB_NAMES, type Knob, type KnobName } from '../../../src/run/knobs.ts';
import type { DeviceName } from '../../../src/util/devices.ts';
import { valueAt, POSITIONS } from '../../../src/app/widgets/sliderScale.ts';
import { deviceHint } from '../../../src/app/desk/deviceHint.ts';

describe('the form', () => {
  it('shows every knob of the table exactly once', () => {
    const shown = [...ESSENTIAL_KNOBS, ...GROUPS.flatMap(furtherKnobs)];
    expect(shown.toSorted()).toEqual(KNOB_NAMES.toSorted());
  });

  it.each(Object.keys(SLIDERS) as KnobName[])(
    'every position of the slider of %s is a value the knob takes',
    (name) => {
      const scale = SLIDERS[name]!;
      for (let position = 0; position <= POSITIONS; position++) {
        expect(() => parseKnobValue(name, valueAt(position, scale))).not.toThrow();
      }
      expect(scale.integer).toBe(KNOBS[name].kind === 'integer');
    },
  );

  it('a paper value that can be clicked is a value the knob takes', () => {
    for (const name of KNOB_NAMES) {
      const paper = paperValue(name);
      if (paper?.settable) expect(() => parseKnobText(name, paper.text)).not.toThrow();
      expect(paper === null).toBe((KNOBS[name] as Knob).paper === undefined);
    }
    // Remarks ("16 for Wiki STS, else 48") cannot be clicked.
    expect(paperValue('generatedBatch')?.settable).toBe(false);
    expect(paperValue('schedule')).toEqual({ text: 'linear', settable: true });
    expect(paperValue('margins')).toEqual({ text: '0.005,0.05', settable: true });
  });

  it('every formula is TeX that KaTeX reads', () => {
    for (const tex of Object.values(KNOB_FORMULAS)) {
      expect(() => katex.renderToString(tex, { displayMode: true, strict: 'error' })).not.toThrow();
    }
  });
});

describe('a knob without effect', () => {
  const config = pageDefaults().config;

  it('is beta or a margin outside of the hierarchical setting', () => {
    for (const name of ['beta', 'margins'] as const) {
      expect(idleReason(name, 'sts_ht', config)).toBeNull();
      expect(idleReason(name, 'sts', config)).toBe('recipe.idle.hierarchical');
    }
  });

  it('is the share of groups where there are none', () => {
    expect(idleReason('generatedShare', 'dropout', config)).toBe('recipe.idle.groups');
    expect(idleReason('generatedShare', 'nli', config)).toBeNull();
  });

  it('is what another knob overrules', () => {
    expect(idleReason('head', 'sts', { ...defaultConfig(), pooling: 'mean' })).toBe('recipe.idle.head');
    expect(idleReason('head', 'sts', { ...defaultConfig(), pooling: 'cls' })).toBeNull();
    expect(idleReason('epochs', 'sts', { ...config, steps: 10 })).toBe('recipe.idle.epochs');
    expect(idleReason('epochs', 'sts', { ...config, steps: 0 })).toBeNull();
    expect(idleReason('precision', 'sts', config, 'wasm')).toBe('recipe.idle.precision');
    expect(idleReason('precision', 'sts', config, 'webgpu')).toBeNull();
    // A link may have brought it: it must be possible to take it back.
    expect(idleReason('precision', 'sts', { ...config, precision: 'f16' }, 'wasm')).toBeNull();
  });
});

describe('the advice on devices', () => {
  it('is another one on each rung', () => {
    const device = (name: DeviceName) => ({ name, detail: '', reason: '' });
    const advice = [
      deviceHint(device('webgpu'), true),
      deviceHint(device('wasm'), true),
      deviceHint(device('wasm'), false),
      deviceHint(device('software'), true),
      deviceHint(device('cpu'), true),
      deviceHint(null, true),
    ];
    expect(new Set(advice).size).toBe(advice.length);
  });
});
