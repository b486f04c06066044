// The interface between the live training and the rest of the page: its inputs and the callbacks it needs.
import type { Group, ScoredPair } from '../../data/group.ts';
import type { RunRecord } from '../../record/runRecord.ts';
import type { NoticesState } from '../state/notices.svelte.ts';
import type { RecipeState } from '../state/recipe.svelte.ts';

/** What a run is trained on and evaluated with. */
export interface TrainingData {
  groups: readonly Group[];
  userGroups: readonly Group[];
  /** The held-out anchors that may be measured; empty: all of them. */
  sharedAnchors: readonly string[];
  sts: readonly ScoredPair[];
  /** Whether the bundled corpus is included. */
  bundled: boolean;
  /** Whether the data is still being fetched. */
  loading: boolean;
  /** Why a run cannot start with this data; null when it can. */
  shortfall: string | null;
}

export interface LiveTrainingOptions {
  recipe: RecipeState;
  notices: NoticesState;
  data: () => TrainingData;
  /** URL of an encoder's folder. */
  modelAddress: (model: string) => string;
  recorder: Recorder;
  newId: () => string;
  /**
   * A run that an earlier visit left unfinished and that matches the recipe; called once, when the first encoder is
   * loaded.
   */
  unfinished: () => Promise<UnfinishedRun | null>;
}

/** Stores the records of runs. */
export interface Recorder {
  /** A run starts: its record is stored as it grows. A previous run that has not ended is marked as interrupted. */
  begin: (id: string, record: RunRecord, parent: Parent | null) => void;
  /** @param from the first event of the record that differs from before, or UNCHANGED */
  changed: (id: string, from: number) => void;
}

/** A run whose page was closed, and its record. */
export interface UnfinishedRun {
  id: string;
  record: RunRecord;
  /** Whether it was training when the page was closed. */
  playing: boolean;
}

/** Where a branch left its parent. */
export interface Parent {
  id: string;
  step: number;
}
