// A run that an earlier visit left unfinished: can it be resumed, and was it training before the reload?
import type { RunRecord } from '../../record/runRecord.ts';
import { configDifference } from '../../run/config.ts';
import { settingName } from '../../run/settings.ts';
import type { RecipeValues } from '../state/link.ts';

/** Is the recipe the one that the record was made with, its hot edits included? */
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

/** Notes which run trains now; null when none does. */
export function notePlaying(id: string | null): void {
  try {
    if (id === null) sessionStorage.removeItem(PLAYING);
    else sessionStorage.setItem(PLAYING, id);
  } catch {
    // Without storage a reload shows its run paused.
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
