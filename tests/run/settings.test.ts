// A setting decides what a run trains on: its name must be read the same way everywhere, and the table of patterns must
// say what the paper says.
import { describe, expect, it } from 'vitest';
import {
  parseSettingName,
  PATTERN_NAMES,
  patternNamed,
  PATTERNS,
  settingName,
  type Pattern,
  type PatternName,
} from '../../src/run/settings.ts';
import { UsageFailure } from '../../src/util/failure.ts';

const pattern = (name: PatternName): Pattern => PATTERNS[name];

describe('the table of patterns', () => {
  it('holds the seven of the paper', () => {
    expect(PATTERN_NAMES).toEqual([
      'dropout',
      'token_cutoff',
      'token_shuffle',
      'nli',
      'sts',
      'sts_ht',
      'sup',
    ]);
  });

  it('augments by its name where there are no groups, and by dropout elsewhere', () => {
    for (const name of PATTERN_NAMES) {
      expect(pattern(name).augmentation).toBe(pattern(name).groups ? 'dropout' : name);
    }
  });

  it('has the hierarchical loss, and the intermediate sentence it needs, in sts_ht alone', () => {
    expect(PATTERN_NAMES.filter((name) => pattern(name).hierarchical)).toEqual(['sts_ht']);
    expect(PATTERN_NAMES.filter((name) => pattern(name).roles.includes('intermediate'))).toEqual(['sts_ht']);
  });

  it('leaves plain sentences out of supervised training alone', () => {
    expect(PATTERN_NAMES.filter((name) => !pattern(name).plain)).toEqual(['sup']);
  });
});

describe('parseSettingName', () => {
  it('goes back and forth', () => {
    for (const name of PATTERN_NAMES) {
      expect(settingName(parseSettingName(`scenes.${name}`))).toBe(`scenes.${name}`);
    }
  });

  it('allows points in the domain', () => {
    expect(parseSettingName('wiki.2024.sts_ht')).toEqual({ domain: 'wiki.2024', pattern: 'sts_ht' });
  });

  it.each(['', 'sup', '.sup', 'scenes.', '.'])('refuses "%s" with an example', (text) => {
    expect(() => parseSettingName(text)).toThrow(UsageFailure);
    expect(() => parseSettingName(text)).toThrow(`for example scenes.sup, not "${text}".`);
  });
});

describe('patternNamed', () => {
  it('suggests the pattern that was meant', () => {
    expect(() => patternNamed('token-shuffle')).toThrow(
      'There is no pattern "token-shuffle"; did you mean "token_shuffle"? Known patterns: dropout, ',
    );
  });

  it.each(['entirelyDifferent', 'constructor', 'toString'])('lists the patterns for "%s"', (name) => {
    expect(() => patternNamed(name)).toThrow(
      new UsageFailure(`There is no pattern "${name}". Known patterns: ${PATTERN_NAMES.join(', ')}.`),
    );
  });
});
