// The defaults of the page: a run short enough to watch, with an encoder small enough for a browser tab. All other
// knobs have the defaults of knobs.ts.
import { defaultConfig, type Config } from './config.ts';
import { AUTOMATIC, type EncoderChoice } from './encoders.ts';
import type { Setting } from './settings.ts';

export const PAGE_KNOBS = {
  steps: 120,
  evaluateEvery: 5,
  batch: 32,
  generatedBatch: 16,
  beta: 10,
  margins: [0.3, 0.3],
  pooling: 'mean',
  freezeEmbeddings: false,
  learningRate: 1e-3,
  checkpointEvery: 10,
  measureCap: 200,
} as const satisfies Partial<Config>;

export const PAGE_SETTING: Setting = { domain: 'scenes', pattern: 'sts_ht' };

/** The defaults of RecipeState and of the link. */
export function pageDefaults(): {
  setting: Setting;
  config: Config;
  device: 'auto';
  model: EncoderChoice;
} {
  return {
    setting: PAGE_SETTING,
    config: { ...defaultConfig(), ...PAGE_KNOBS },
    device: 'auto',
    model: AUTOMATIC,
  };
}
