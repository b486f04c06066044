// Automatic names of runs, from what differs from the page's defaults or from the parent of a branch; and the values
// that distinguish the runs of a list.
import { configDifference, type Config } from '../../run/config.ts';
import type { HeaderEvent } from '../../run/events.ts';
import { KNOB_NAMES, KNOBS, type KnobName } from '../../run/knobs.ts';
import { parseSettingName, PATTERNS, type PatternName } from '../../run/settings.ts';
import { t, tOptional } from '../messages/t.ts';

/** What a run is compared with; the model by its folder's name. */
export interface RunBase {
  setting: string;
  config: Config;
  model: string;
}

/** The number of differences that a name spells out; the others are counted. */
const MAX_SPELLED_OUT = 4;
/** The most characters of a name; more would fill a legend. */
const LONGEST = 80;

export const knobWords = (name: KnobName): string =>
  tOptional(`recipe.knob.${name}.label`) ?? KNOBS[name].label;

export function knobValueWords(value: Config[KnobName]): string {
  if (typeof value === 'boolean') return t(value ? 'runs.on' : 'runs.off');
  return typeof value === 'object' ? value.join(' / ') : String(value);
}

export const patternWords = (pattern: PatternName): string =>
  tOptional(`recipe.patterns.${pattern}.label`) ?? PATTERNS[pattern].label;

/** "scenes, STS pattern + HT"; the name itself for an unknown setting. */
export function settingWords(setting: string): string {
  try {
    const { domain, pattern } = parseSettingName(setting);
    const place = tOptional(`shell.domains.${domain}.label`) ?? domain;
    return `${place}, ${patternWords(pattern)}`;
  } catch {
    return setting;
  }
}

/** The folder's name only: the page and the command line write its path differently. */
export const modelWords = (header: HeaderEvent): string => header.model.name.split('/').at(-1) ?? '';

function differences(header: HeaderEvent, base: RunBase): string[] {
  const words = configDifference(header.config, base.config).map(
    (knob) => `${knobWords(knob)} ${knobValueWords(header.config[knob])}`,
  );
  const model = modelWords(header);
  if (model !== base.model) words.unshift(model);
  if (header.setting !== base.setting) words.unshift(settingWords(header.setting));
  return words;
}

function spellOut(words: readonly string[]): string {
  // Spelling out one more is as short as "and 1 more".
  if (words.length <= MAX_SPELLED_OUT + 1) return words.join(', ');
  const more = t('runs.name.more', { count: words.length - MAX_SPELLED_OUT });
  return `${words.slice(0, MAX_SPELLED_OUT).join(', ')} ${more}`;
}

/** "temperature 0.1, seed 7"; the setting when nothing differs. */
export function automaticName(header: HeaderEvent, defaults: RunBase): string {
  const words = differences(header, defaults);
  return words.length === 0 ? settingWords(header.setting) : spellOut(words);
}

/** "temperature 0.1 from step 40": what a branch has changed. */
export function branchName(header: HeaderEvent, parent: HeaderEvent, step: number): string {
  const base = { setting: parent.setting, config: parent.config, model: modelWords(parent) };
  const words = differences(header, base);
  return words.length === 0
    ? t('runs.name.continued', { step })
    : t('runs.name.branch', { words: spellOut(words), step });
}

/** Makes a name unique: the second run of that name is "… (2)". */
export function uniqueName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name} (${number})`)) number++;
  return `${name} (${number})`;
}

/** Lone surrogates, control characters and other characters that a file format may forbid. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069\uFEFF\uFFFE\uFFFF]/gu;

/** Cleans a name that was typed or read from a file: one line of harmless characters, not too long. */
export function cleanName(text: string): string {
  const line = text.replace(FORBIDDEN, ' ').replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= LONGEST ? line : `${characters.slice(0, LONGEST - 1).join('')}…`;
}

/** What distinguishes each run of a list: its values that are not the most common ones. */
export function distinguishingValues(
  runs: readonly { id: string; header: HeaderEvent | null }[],
): Map<string, string> {
  const known = runs.flatMap(({ id, header }) => (header === null ? [] : [{ id, header }]));
  const headers = known.map(({ header }) => header);
  const aspects: ((header: HeaderEvent) => string)[] = [
    ({ setting }) => settingWords(setting),
    modelWords,
    ...KNOB_NAMES.map(
      (knob) =>
        ({ config }: HeaderEvent) =>
          `${knobWords(knob)} ${knobValueWords(config[knob])}`,
    ),
  ];
  const unusual = aspects.map((words) => ({ words, usual: mostCommon(headers.map(words)) }));
  return new Map(
    known.map(({ id, header }) => {
      const distinguishing = unusual.filter(({ words, usual }) => words(header) !== usual);
      return [id, spellOut(distinguishing.map(({ words }) => words(header)))];
    }),
  );
}

/** The first of the most frequent values. */
function mostCommon(words: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  let best: string | undefined;
  for (const [word, count] of counts) if (count > (counts.get(best ?? '') ?? 0)) best = word;
  return best;
}
