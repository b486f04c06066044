// The presets, experiments worth trying: a pattern, the knobs that differ from the page's defaults, and what to watch.
import type { Config } from '../../run/config.ts';
import { configDifference } from '../../run/config.ts';
import type { PatternName } from '../../run/settings.ts';
import type { MessageKey } from '../messages/t.ts';

export interface Preset {
  id: string;
  labelKey: MessageKey;
  /** Message key of one sentence: what to watch during training. */
  watchKey: MessageKey;
  pattern: PatternName;
  knobs: Partial<Config>;
}

const preset = (id: PresetId, pattern: PatternName, knobs: Partial<Config> = {}): Preset => ({
  id,
  labelKey: `recipe.presets.${id}.label`,
  watchKey: `recipe.presets.${id}.watch`,
  pattern,
  knobs,
});

type PresetId =
  | 'hierarchical'
  | 'unsupervised'
  | 'supervised'
  | 'hot'
  | 'cold'
  | 'paperEncoder'
  | 'shuffle'
  | 'noDropout'
  | 'collapse';

/** The page starts with the first preset. */
export const PRESETS: readonly Preset[] = [
  preset('hierarchical', 'sts_ht'),
  preset('unsupervised', 'dropout'),
  preset('supervised', 'sup'),
  preset('hot', 'sts_ht', { temperature: 0.5 }),
  preset('cold', 'sts_ht', { temperature: 0.005 }),
  preset('paperEncoder', 'sts_ht', { freezeEmbeddings: true, pooling: 'cls' }),
  preset('shuffle', 'token_shuffle'),
  preset('noDropout', 'dropout', { dropout: 0 }),
  preset('collapse', 'dropout', { learningRate: 0.05, schedule: 'constant' }),
];

/** The preset that matches a recipe, if any. */
export function presetOf(pattern: PatternName, config: Config, defaults: Config): Preset | undefined {
  return PRESETS.find(
    (candidate) =>
      candidate.pattern === pattern &&
      configDifference(config, { ...defaults, ...candidate.knobs }).length === 0,
  );
}
