// A run that an earlier visit left unfinished: whether it can be resumed, and whether it was training before the
// reload.
import type { RunRecord } from '../../record/runRecord.ts';
import { configDifference } from '../../run/config.ts';
import { settingName } from '../../run/settings.ts';
import { AUTOMATIC } from '../../run/encoders.ts';
import type { RecipeValues } from '../state/link.ts';
import { modelWords } from '../state/runNames.ts';

/**
 * Whether the recipe matches the one that the record was made with, hot edits included.
 * @param encoders those that the page offers
 */
export function continues(
  recipe: Pick<RecipeValues, 'setting' | 'config' | 'model'>,
  record: RunRecord,
  encoders: readonly string[],
): boolean {
  const config = record.configAt();
  const encoder = record.header && modelWords(record.header);
  if (encoder === null || !encoders.includes(encoder)) return false;
  if (recipe.model !== AUTOMATIC && recipe.model !== encoder) return false;
  if (config === null || record.events.some((event) => event.type === 'end')) return false;
  return (
    record.header?.setting === settingName(recipe.setting) &&
    configDifference(config, recipe.config).length === 0
  );
}

/** In sessionStorage: a reload resumes training, a new visit does not. */
const PLAYING = 'semblance.playing';

/** Stores which run is training now; null when none is. */
export function notePlaying(id: string | null): void {
  try {
    if (id === null) sessionStorage.removeItem(PLAYING);
    else sessionStorage.setItem(PLAYING, id);
  } catch {
    // Without storage, the run is paused after a reload.
  }
}

/** The run that was training before this tab was reloaded. */
export function wasPlaying(): string | null {
  try {
    return sessionStorage.getItem(PLAYING);
  } catch {
    return null;
  }
}
