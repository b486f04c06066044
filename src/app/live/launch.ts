// What a run starts with: the current recipe and corpus, or what the current run was started with.
import type { Config } from '../../run/config.ts';
import type { Setting } from '../../run/settings.ts';
import type { WorkerLoad } from './liveWorker.svelte.ts';
import type { LiveTrainingOptions, TrainingData } from './options.ts';
import type { Readiness } from './transition.ts';

export interface Launch {
  setting: Setting;
  config: Config;
  data: TrainingData;
}

type LaunchSource = Pick<LiveTrainingOptions, 'recipe' | 'data'>;

export function chosenLaunch({ recipe, data }: LaunchSource): Launch {
  return { setting: recipe.setting, config: recipe.config, data: data() };
}

/** What the current run was started with, and the hot knobs sent since. */
export function currentLaunch(current: Launch, { recipe }: LaunchSource): Launch {
  return { ...current, config: recipe.configWithSentEdits ?? current.config };
}

/** Whether a run can start with the current choices. @param told what the worker was told to load */
export function readinessOf({ recipe, data }: LaunchSource, told: WorkerLoad | null): Readiness {
  if (told !== null && (told.device !== recipe.device || told.model !== recipe.encoder))
    return 'otherEncoder';
  return dataReadiness(data);
}

/** Whether the corpus is there, and large enough. */
export function dataReadiness(data: LaunchSource['data']): Readiness {
  const { loading, shortfall } = data();
  if (loading) return 'dataLoading';
  return shortfall === null ? 'ready' : { shortfall };
}

/** Whether something differs from the current run that only a restart can apply. */
export function needsRestart(current: Launch | null, { recipe, data }: LaunchSource): boolean {
  return recipe.restartNeeded || (current !== null && data().bundled !== current.data.bundled);
}
