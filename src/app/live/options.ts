// What the live training is given, and what it needs of others.
import type { Group, ScoredPair } from '../../data/group.ts';
import type { RunRecord } from '../../record/runRecord.ts';
import type { NoticesState } from '../state/notices.svelte.ts';
import type { RecipeState } from '../state/recipe.svelte.ts';

/** What a run trains on and is measured with. */
export interface TrainingData {
  groups: readonly Group[];
  own: readonly Group[];
  sts: readonly ScoredPair[];
  /** Is the bundled corpus among them? */
  bundled: boolean;
  /** They are still being fetched. */
  loading: boolean;
  /** Why a run cannot start with these; null when it can. */
  shortfall: string | null;
}

export interface LiveTrainingOptions {
  recipe: RecipeState;
  notices: NoticesState;
  data: () => TrainingData;
  /** Address of an encoder's folder. */
  modelAddress: (model: string) => string;
  recorder: Recorder;
  newId: () => string;
  /** A run that an earlier visit left unfinished and that fits the recipe; asked once, when the encoder is first there. */
  unfinished: () => Promise<UnfinishedRun | null>;
}

/** Stores the records of runs. */
export interface Recorder {
  /** A run begins: its record is stored as it grows. The run before it, if it has not ended, is interrupted. */
  begin: (id: string, record: RunRecord, parent: Parent | null) => void;
  /** @param from first event of the record that is not what it was before, or UNCHANGED */
  changed: (id: string, from: number) => void;
}

/** A run whose page was closed, and its record. */
export interface UnfinishedRun {
  id: string;
  record: RunRecord;
  /** Was it training when the page was closed? */
  playing: boolean;
}

/** Where a branch left its parent. */
export interface Parent {
  id: string;
  step: number;
}
