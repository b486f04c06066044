// UI text of knobs and settings: from the message catalogue if it has an entry, otherwise from the tables in src/run.
import { knobValueText } from '../state/link.ts';
import { describeRange } from '../../run/config.ts';
import { KNOBS, type Knob, type KnobName } from '../../run/knobs.ts';
import { PATTERNS, type PatternName } from '../../run/settings.ts';
import { tOptional } from '../messages/t.ts';

export const knobLabel = (name: KnobName): string =>
  tOptional(`recipe.knob.${name}.label`) ?? KNOBS[name].label;
export const knobHelp = (name: KnobName): string => tOptional(`recipe.knob.${name}.help`) ?? KNOBS[name].help;
export const knobSource = (name: KnobName): string =>
  tOptional(`recipe.knob.${name}.source`) ?? KNOBS[name].source;

export const patternLabel = (name: PatternName): string =>
  tOptional(`recipe.patterns.${name}.label`) ?? PATTERNS[name].label;
export const patternHelp = (name: PatternName): string =>
  tOptional(`recipe.patterns.${name}.help`) ?? PATTERNS[name].help;

export const knobRange = (name: KnobName): string => describeRange(KNOBS[name]);

/** The paper's value, if any. `settable` if it is a single value that the knob accepts rather than a remark. */
export function paperValue(name: KnobName): { text: string; settable: boolean } | null {
  const knob: Knob = KNOBS[name];
  const { paper } = knob;
  if (typeof paper === 'string') {
    return { text: paper, settable: knob.kind === 'choice' && knob.choices.includes(paper) };
  }
  if (typeof paper === 'number' || typeof paper === 'boolean') return { text: String(paper), settable: true };
  return Array.isArray(paper) ? { text: knobValueText(paper as readonly number[]), settable: true } : null;
}
