// A run that a closed page left behind: may it be taken up again, and did it train when the page was loaded anew?
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

/** Kept for as long as the tab, so that a reload goes on training and a new visit waits to be asked. */
const PLAYING = 'semblance.playing';

/** Notes which run trains now; null when none does. */
export function notePlaying(id: string | null): void {
  try {
    if (id === null) sessionStorage.removeItem(PLAYING);
    else sessionStorage.setItem(PLAYING, id);
  } catch {
    // Without it a reload finds its run paused.
  }
}

/** The run that trained when this tab was last loaded. */
export function wasPlaying(): string | null {
  try {
    return sessionStorage.getItem(PLAYING);
  } catch {
    return null;
  }
}
