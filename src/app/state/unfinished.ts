// A run that a closed page left behind: may it be taken up again, and did it train when the page was loaded anew?
import { configDifference, type Config } from '../../run/config.ts';
import type { RunEvent } from '../../run/events.ts';
import { settingName, type PatternName } from '../../run/settings.ts';
import type { RecipeValues } from './link.ts';
import { followedPoints } from './sentences.ts';
import { ShownRun } from './shown.svelte.ts';
import type { TrainingData, Unfinished } from './trainerOptions.ts';

/** Is the recipe the one that the record was made with, its hot edits included? */
export function continues(
  recipe: Pick<RecipeValues, 'setting' | 'config'>,
  record: readonly RunEvent[],
): boolean {
  const header = record.find((event) => event.type === 'header');
  if (header === undefined || record.some((event) => event.type === 'end')) return false;
  const config = finalConfig(header.config, record);
  return (
    header.setting === settingName(recipe.setting) && configDifference(config, recipe.config).length === 0
  );
}

/** A configuration with the hot knobs that were turned on the way. */
export function finalConfig(config: Config, record: readonly RunEvent[]): Config {
  const edits = record.flatMap((event) => (event.type === 'edit' ? [{ [event.knob]: event.to }] : []));
  return Object.assign({}, config, ...edits) as Config;
}

/** The run as it stands in its record. What it trained on is in its checkpoint. */
export function takenUp({ events }: Unfinished, data: TrainingData, pattern: PatternName): ShownRun {
  const run = new ShownRun();
  run.append(events);
  run.points = followedPoints(data, pattern);
  return run;
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
