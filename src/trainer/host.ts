// The interfaces that a host (worker, command line) implements for a run: a checkpoint store and control of training.
import type { Group } from '../data/group.ts';
import type { KnobEdit } from '../run/knobEdit.ts';

export type Files = Map<string, Uint8Array>;

/** Stores the files of a run. Writes are atomic: after a crash during a write, the previous state is still readable. */
export interface CheckpointStore {
  /** Writes a checkpoint under its name ("step-000100") and may then delete older ones. Returns its path. */
  writeCheckpoint(name: string, files: Files): Promise<string>;
  /** Replaces the best model so far. Returns its path. */
  writeBest(files: Files): Promise<string>;
}

/** Changes to a running training: edits of hot knobs, and groups to add. */
export interface Changes {
  edits: KnobEdit[];
  groups: Group[];
}

export interface ChangeSource {
  /** Returns the changes since the last call. Called before each step, which uses them. */
  take: (run: ChangedRun) => Changes;
}

/** What a source of changes needs to know of the run. */
export interface ChangedRun {
  readonly step: number;
  discardLaterReadings(): void;
}

export interface TrainingControl {
  /** Called before the first step with the share of kernels compiled so far, if they are compiled in advance. */
  onCompileProgress?: ((share: number) => void) | undefined;
  /** Stops the run after the current step, with a checkpoint. */
  signal?: AbortSignal | undefined;
  /** The user's changes to the training. */
  changes?: ChangeSource | undefined;
  /** Awaited before each step, so that the host can pause, limit the speed, embed sentences or go back. */
  beforeStep?: (() => Promise<void>) | undefined;
  /** Awaited after the last step; true if the host has gone back and training continues from there. */
  afterLastStep?: (() => Promise<boolean>) | undefined;
}
