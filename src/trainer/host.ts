// What a host (worker, command line) supplies to a run: a store for checkpoints, and control over the training.
import type { Group } from '../data/group.ts';
import type { KnobEdit } from '../run/knobEdit.ts';

export type Files = Map<string, Uint8Array>;

/** Stores the files of a run. Writes are atomic: after a crash in the middle the earlier state is still readable. */
export interface CheckpointStore {
  /** Writes a checkpoint under its name ("step-000100") and may then delete older ones. Returns its path. */
  writeCheckpoint(name: string, files: Files): Promise<string>;
  /** Replaces the best model so far. Returns its path. */
  writeBest(files: Files): Promise<string>;
}

export interface TrainingControl {
  /** Called with the share of compiled kernels before the first step, where they are compiled ahead. */
  onCompileProgress?: ((share: number) => void) | undefined;
  /** Ends the run after the current step, with a checkpoint. */
  signal?: AbortSignal | undefined;
  /** Edits since the last call; asked for before each step. */
  takeEdits?: (() => KnobEdit[]) | undefined;
  /** Groups given since the last call; asked for before each step, and in its batch. */
  takeGroups?: (() => Group[]) | undefined;
  /** Awaited before each step: for pausing, pacing, embedding sentences, going back. */
  beforeStep?: (() => Promise<void>) | undefined;
  /** Awaited after the last step; true when the host has gone back and training continues from there. */
  afterLastStep?: (() => Promise<boolean>) | undefined;
}
