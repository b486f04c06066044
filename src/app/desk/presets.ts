// The presets with their texts: the data is in run/presets.ts.
import { configDifference, type Config } from '../../run/config.ts';
import { PRESET_IDS, presetKnobs, type PresetId } from '../../run/presets.ts';
import type { PatternName } from '../../run/settings.ts';
import type { MessageKey } from '../messages/t.ts';

export interface Preset {
  id: PresetId;
  labelKey: MessageKey;
  /** Message key of one sentence: what to watch during training. tests/app/desk/presetClaims.test.ts holds it to a run. */
  watchKey: MessageKey;
  pattern: PatternName;
  knobs: Partial<Config>;
}

/** The page starts with the first preset. */
export const PRESETS: readonly Preset[] = PRESET_IDS.map((id) => ({
  id,
  labelKey: `recipe.presets.${id}.label`,
  watchKey: `recipe.presets.${id}.watch`,
  ...presetKnobs(id),
}));

/** The preset that matches a recipe, if any. */
export function presetOf(pattern: PatternName, config: Config, defaults: Config): Preset | undefined {
  return PRESETS.find(
    (candidate) =>
      candidate.pattern === pattern &&
      configDifference(config, { ...defaults, ...candidate.knobs }).length === 0,
  );
}
