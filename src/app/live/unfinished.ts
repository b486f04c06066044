// A run that an earlier visit left unfinished: whether it can be resumed, and whether it was training before the
// reload.
import type { RunRecord } from '../../record/runRecord.ts';
import { configDifference } from '../../run/config.ts';
import { settingName } from '../../run/settings.ts';
import type { RecipeValues } from '../state/link.ts';

/** Whether the recipe matches the one that the record was made with, hot edits included. */
export function continues(recipe: Pick<RecipeValues, 'setting' | 'config'>, record: RunRecord): boolean {
  const config = record.configAt();
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
