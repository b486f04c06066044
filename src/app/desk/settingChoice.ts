// The choices that the recipe offers in addition to knobs: corpora and encoders.
import { AUTOMATIC, DEFAULT_ENCODER, ENCODERS, type EncoderName } from '../../run/encoders.ts';
import type { DeviceName } from '../../util/devices.ts';
import { t } from '../messages/t.ts';
import type { EncoderDecision } from '../state/encoderChoice.ts';

/** An option to choose: a corpus or an encoder. */
export interface SettingOption {
  id: string;
  label: string;
  /** One sentence. */
  help: string;
}

/** Corpora with their labels and help texts. */
export const corpusOptions = (ids: readonly string[]): SettingOption[] =>
  ids.map((id) => ({
    id,
    label: t(`shell.domains.${id}.label` as 'shell.domains.scenes.label'),
    help: t(`shell.domains.${id}.help` as 'shell.domains.scenes.help'),
  }));

/**
 * The automatic choice, with what it stands for and why, and the encoders by name.
 * @param automatic the encoder that the automatic choice stands for
 */
export const encoderOptions = (
  offered: readonly EncoderName[],
  automatic: string,
  decision: EncoderDecision,
): SettingOption[] => [
  {
    id: AUTOMATIC,
    label: t('recipe.encoder.automatic', { name: automatic }),
    help: decisionText(decision, automatic),
  },
  ...offered.map((id) => ({ id, label: id, help: encoderFacts(id) })),
];

function encoderFacts(name: EncoderName): string {
  const key = name === DEFAULT_ENCODER ? 'recipe.encoder.facts' : 'recipe.encoder.factsCostly';
  return t(key, { ...ENCODERS[name], megabytes: megabytes(name), base: DEFAULT_ENCODER });
}

/** Why the automatic choice is what it is, in one sentence. */
export function decisionText(decision: EncoderDecision, automatic: string): string {
  const base = DEFAULT_ENCODER;
  switch (decision.kind) {
    case 'unknown':
      return t('recipe.encoder.unknown', { base });
    case 'slow':
    case 'coming':
    case 'fast': {
      const { kind, larger, seconds, device } = decision;
      return t(`recipe.encoder.${kind}`, {
        base,
        larger,
        megabytes: megabytes(larger),
        processor: processorWord(device),
        time: timeWords(seconds),
      });
    }
    case 'emulated':
    case 'begun':
      return t(`recipe.encoder.${decision.kind}`, { base, larger: decision.larger });
    case 'failed':
      return t('recipe.encoder.failed', { base, larger: decision.larger, why: firstClause(decision.why) });
    case 'unmeasured':
      return t('recipe.encoder.unmeasured', { base, why: firstClause(decision.why) });
    case 'continued':
      return t('recipe.encoder.continued', { name: automatic });
  }
}

const megabytes = (name: EncoderName): string => ENCODERS[name].megabytes.toFixed(1);
const processorWord = (device: DeviceName): string =>
  t(device === 'webgpu' ? 'recipe.encoder.gpu' : 'recipe.encoder.cpu');

const timeWords = (seconds: number): string =>
  seconds < 100
    ? t('recipe.encoder.seconds', { count: Math.max(1, Math.round(seconds)) })
    : t('recipe.encoder.minutes', { count: Math.round(seconds / 60) });

/** Without its full stop, and without advice that belongs to another button. */
const firstClause = (sentence: string): string => sentence.replace(/(;.*|\.)$/s, '');
