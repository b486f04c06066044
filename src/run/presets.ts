// The presets of the page as data: experiments worth trying, each a pattern and the knobs that differ from the page's
// defaults. Their texts are messages of the page (app/desk/presets.ts); `npm run record -- --presets` trains them all.
import { configDifference, knobValueSchema, type Config } from './config.ts';
import { KNOB_NAMES, KNOBS, type Knob, type KnobName } from './knobs.ts';
import { PAGE_SETTING, pageDefaults } from './pageDefaults.ts';
import type { PatternName, Setting } from './settings.ts';

interface PresetKnobs {
  pattern: PatternName;
  knobs: Partial<Config>;
}

/** The paper's values for its STS pattern with the HT loss, of the knobs whose `paper` in knobs.ts is a remark. */
const REMARKED = { pooling: 'cls', generatedBatch: 16 } as const satisfies Partial<Config>;

/** Not taken from the paper: its learning rate is bert-base's, and its STS positive acts only without the HT loss. */
const NOT_TAKEN: readonly KnobName[] = ['learningRate', 'positive'];

/** In the order of the page, which starts with the first. */
const TABLE = {
  hierarchical: { pattern: 'sts_ht', knobs: {} },
  unsupervised: { pattern: 'dropout', knobs: {} },
  supervised: { pattern: 'sup', knobs: {} },
  paperValues: { pattern: 'sts_ht', knobs: paperKnobs() },
  paperEncoder: { pattern: 'sts_ht', knobs: { freezeEmbeddings: true, pooling: 'cls' } },
  hot: { pattern: 'sts_ht', knobs: { temperature: 0.5 } },
  cold: { pattern: 'sts_ht', knobs: { temperature: 0.005 } },
  shuffle: { pattern: 'token_shuffle', knobs: {} },
  noDropout: { pattern: 'dropout', knobs: { dropout: 0 } },
  collapse: { pattern: 'dropout', knobs: { learningRate: 0.05, schedule: 'constant' } },
} satisfies Record<string, PresetKnobs>;

export type PresetId = keyof typeof TABLE;

export const PRESET_IDS = Object.keys(TABLE) as PresetId[];

export function presetKnobs(id: PresetId): PresetKnobs {
  return TABLE[id];
}

/** What the page trains when a preset is chosen on the corpus that it starts with. */
export function presetRun(id: PresetId): { setting: Setting; config: Config } {
  const { pattern, knobs } = presetKnobs(id);
  return {
    setting: { domain: PAGE_SETTING.domain, pattern },
    config: { ...pageDefaults().config, ...knobs },
  };
}

/**
 * The paper's values for its STS pattern with the HT loss, where the page's default is another one. Batch, steps and
 * measurements (the knobs of the group "run") stay the page's: the paper's are for bert-base and a million sentences.
 */
function paperKnobs(): Partial<Config> {
  const page = pageDefaults().config;
  const values = KNOB_NAMES.flatMap((name): [KnobName, unknown][] => {
    const knob: Knob = KNOBS[name];
    const { data } = knobValueSchema(name).safeParse(knob.paper);
    return data === undefined || knob.group === 'run' || NOT_TAKEN.includes(name) ? [] : [[name, data]];
  });
  const paper: Config = { ...page, ...(Object.fromEntries(values) as Partial<Config>), ...REMARKED };
  return Object.fromEntries(configDifference(paper, page).map((name) => [name, paper[name]]));
}
