// What a host (worker, command line) must supply to a run: a place for checkpoints, and a way to be steered.
import type { Group } from '../data/group.ts';
import type { KnobEdit } from '../run/knobEdit.ts';

export type Files = Map<string, Uint8Array>;

/** Where a run keeps its files. A write is all or nothing: a crash in its middle leaves the earlier state readable. */
export interface RunStore {
  /** Keeps a checkpoint under its name ("step-000100") and may then drop older ones. Returns where it lies. */
  writeCheckpoint(name: string, files: Files): Promise<string>;
  /** Replaces the best model so far. Returns where it lies. */
  writeBest(files: Files): Promise<string>;
}

export interface Control {
  /** Told what share of the kernels is compiled, before the first step; only where that is done ahead. */
  compiled?: ((share: number) => void) | undefined;
  /** Ends the run after the current step, with a checkpoint. */
  signal?: AbortSignal | undefined;
  /** Edits since the last call; asked for before each step. */
  takeEdits?: (() => KnobEdit[]) | undefined;
  /** Groups given since the last call; asked for before each step, and in its batch. */
  takeGroups?: (() => Group[]) | undefined;
  /** Waited for before each step: pausing, pacing, a look at the embeddings, going back. */
  beforeStep?: (() => Promise<void>) | undefined;
  /** Waited for after the last step; true when the host has gone back and training goes on from there. */
  afterLast?: (() => Promise<boolean>) | undefined;
}
