// Converts a recipe to the hash of a link and back: `#setting=scenes.sup&temperature=0.1&seed=7` holds only what
// differs from the page's defaults. Same link, same seed, same losses.
import { configDifference, isKnobName, parseKnobText, withKnob, type Config } from '../../run/config.ts';
import { KNOB_NAMES } from '../../run/knobs.ts';
import { parseSettingName, settingName, type Setting } from '../../run/settings.ts';
import { DEVICE_CHOICES, type DeviceChoice } from '../../util/devices.ts';
import { messageOf, nearestName } from '../../util/failure.ts';
import { t } from '../messages/t.ts';

/** Everything a link can set. */
export interface RecipeValues {
  setting: Setting;
  config: Config;
  device: DeviceChoice;
  /** Which of the bundled encoders is trained; AUTOMATIC: the page chooses. */
  model: string;
}

/** What this page offers; names outside of it are errors. */
export interface LinkChoices {
  domains: readonly string[];
  models: readonly string[];
}

/** A knob's value as text, as used in the hash, the number box and `--set`. */
export function knobValueText(value: string | number | boolean | readonly number[]): string {
  return typeof value === 'object' ? value.join(',') : String(value);
}

/** The hash of a recipe, without its #; empty when nothing differs from the defaults. */
export function writeLink(values: RecipeValues, defaults: RecipeValues): string {
  const parts: [string, string][] = [];
  const add = (key: string, value: string, usual: string) => {
    if (value !== usual) parts.push([key, value]);
  };
  add('setting', settingName(values.setting), settingName(defaults.setting));
  add('model', values.model, defaults.model);
  add('device', values.device, defaults.device);
  for (const name of configDifference(values.config, defaults.config)) {
    parts.push([name, knobValueText(values.config[name])]);
  }
  // Commas are allowed in a hash and are more readable than %2C.
  return parts.map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll('%2C', ',')}`).join('&');
}

/**
 * Reads a hash on top of the defaults. Entries that cannot be used are reported, one sentence each; the others are
 * used.
 */
export function readLink(
  hash: string,
  defaults: RecipeValues,
  choices: LinkChoices,
): { values: RecipeValues; errors: string[] } {
  const values = structuredClone(defaults);
  const errors: string[] = [];
  for (const [key, text] of new URLSearchParams(hash.replace(/^#/, ''))) {
    const error = readEntry(values, key, text, choices);
    if (error !== null) errors.push(error);
  }
  return { values, errors: errors };
}

/**
 * Applies one entry to the values.
 * @returns what is wrong with it, or null
 */
function readEntry(values: RecipeValues, key: string, text: string, choices: LinkChoices): string | null {
  switch (key) {
    case 'setting':
      return readSetting(values, text, choices.domains);
    case 'device': {
      const device = DEVICE_CHOICES.find((name) => name === text);
      if (device === undefined) return choiceError(key, text, DEVICE_CHOICES);
      values.device = device;
      return null;
    }
    case 'model':
      if (!choices.models.includes(text)) return choiceError(key, text, choices.models);
      values.model = text;
      return null;
    default:
      return readKnob(values, key, text);
  }
}

function readSetting(values: RecipeValues, text: string, domains: readonly string[]): string | null {
  try {
    const setting = parseSettingName(text);
    if (!domains.includes(setting.domain)) return choiceError('domain', setting.domain, domains);
    values.setting = setting;
    return null;
  } catch (error) {
    return t('recipe.link.refused', { reason: messageOf(error) });
  }
}

function readKnob(values: RecipeValues, key: string, text: string): string | null {
  if (!isKnobName(key)) {
    const near = nearestName(key, [...KNOB_NAMES, 'setting', 'device', 'model']);
    return near === undefined
      ? t('recipe.link.unknown', { key: shortened(key) })
      : t('recipe.link.unknownNear', { key: shortened(key), near });
  }
  try {
    values.config = withKnob(values.config, key, parseKnobText(key, text));
    return null;
  } catch (error) {
    return t('recipe.link.refused', { reason: messageOf(error).replace(text, shortened(text)) });
  }
}

const choiceError = (key: string, text: string, choices: readonly string[]): string =>
  t('recipe.link.notOffered', { key, given: shortened(text), choices: choices.join(', ') });

/** A link may contain text of any length; a sentence on the page must not. */
const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
