// UI strings: one catalogue per language, one file per area. Keys such as `t('map.search')` are typed by the English
// catalogue.
import i18next, { type TOptions } from 'i18next';
import desk from './en/desk.json';
import recipe from './en/recipe.json';
import plots from './en/plots.json';
import map from './en/map.json';
import corpus from './en/corpus.json';
import tryIt from './en/tryIt.json';
import tour from './en/tour.json';
import failures from './en/failures.json';
import runs from './en/runs.json';
import shell from './en/shell.json';
import microscope from './en/microscope.json';
import share from './en/share.json';
import batch from './en/batch.json';
import timeline from './en/timeline.json';

const ENGLISH = {
  desk,
  recipe,
  plots,
  map,
  corpus,
  tryIt,
  tour,
  failures,
  shell,
  share,
  timeline,
  batch,
  microscope,
  runs,
};

/** Areas and their keys as "area.key" or "area.key.sub". */
type Paths<T> = T extends string
  ? never
  : { [K in keyof T & string]: T[K] extends string ? K : `${K}.${Paths<T[K]>}` }[keyof T & string];
/** i18next picks the plural suffix from `count`; keys are passed without it. */
type Bare<K extends string> = K extends `${infer Stem}_${'one' | 'other'}` ? Stem : K;
export type MessageKey = Bare<Paths<typeof ENGLISH>>;

const catalogue = i18next.createInstance();
void catalogue.init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: ENGLISH } },
  interpolation: { escapeValue: false }, // Svelte escapes the text
  initAsync: false,
});

/** The message with its {{placeholders}} filled in. `count` chooses between _one and _other. */
export function t(key: MessageKey, values: TOptions = {}): string {
  return catalogue.t(key, values);
}

/** The message of a key that may not exist (knobs and settings added later); undefined if it does not. */
export function tOptional(key: string, values: TOptions = {}): string | undefined {
  return catalogue.exists(key) ? catalogue.t(key, values) : undefined;
}
