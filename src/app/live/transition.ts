// Inputs and outputs of the state machine. Inputs are commands of the visitor and reports of the worker; outputs are
// effects: data describing what liveTraining.svelte.ts should do.
import type { Group } from '../../data/group.ts';
import type { HotKnobName } from '../../run/knobEdit.ts';
import type { Report } from '../../worker/protocol.ts';
import type { UnfinishedRun } from './options.ts';
import type { Phase } from './phase.ts';

/** Whether a run can start with the current recipe and corpus. */
export type Readiness =
  | 'ready'
  /** The recipe needs a different encoder or device than the worker has: the worker is restarted. */
  | 'otherEncoder'
  | 'dataLoading'
  /** Too little data; one sentence. */
  | { shortfall: string };

export type VisitorCommand =
  | { type: 'load' }
  /** Starts a run at step 0. @param play null: keeps the visitor's previous choice */
  | { type: 'start'; play: boolean | null; readiness: Readiness }
  | { type: 'play'; restartNeeded: boolean; readiness: Readiness }
  | { type: 'pause' }
  | { type: 'step' }
  | { type: 'seek'; step: number }
  /** Starts a run from the weights of the shown step. */
  | { type: 'branch'; readiness: Readiness }
  | { type: 'resume'; run: UnfinishedRun; readiness: Readiness }
  /** The spare worker has loaded another encoder, which may take the place of the current one. */
  | { type: 'adopt'; readiness: Readiness }
  /** @param inPast whether an earlier step is shown than the run has reached */
  | { type: 'edit'; knob: HotKnobName; inPast: boolean }
  | { type: 'addGroups'; groups: readonly Group[]; inPast: boolean }
  | { type: 'setRate' };

type WorkerReport = Extract<Report, { type: 'loaded' | 'status' | 'seeked' | 'rewound' | 'failed' }>;

export type PhaseReport =
  | WorkerReport
  /** Which run was left unfinished, if any. */
  | { type: 'runFound'; run: UnfinishedRun | null; readiness: Readiness }
  | { type: 'workerDied'; why: string };

export type Effect =
  | { type: 'load' }
  /** Asks for a `runFound` report. */
  | { type: 'findRun' }
  | { type: 'start' }
  /** Puts the spare worker in the place of the current one. */
  | { type: 'adopt' }
  /** `applied`: with what the run was started with, not with the current recipe. */
  | { type: 'branch'; with: 'recipe' | 'applied' }
  | { type: 'resume'; run: UnfinishedRun }
  | { type: 'play' }
  /** Continues playing, at another rate. */
  | { type: 'setRate' }
  | { type: 'pause' }
  | { type: 'step' }
  | { type: 'seek'; step: number }
  /** Sends a hot knob's value in the recipe. */
  | { type: 'edit'; knob: HotKnobName }
  | { type: 'addGroups'; groups: readonly Group[] }
  /** Shows a step of the record. */
  | { type: 'show'; step: number }
  /** Drops everything in the record after a step. */
  | { type: 'rewind'; step: number }
  | { type: 'notifyShortfall'; text: string }
  | { type: 'notifyFailed'; report: Extract<Report, { type: 'failed' }> }
  | { type: 'notifyRewound'; report: Extract<Report, { type: 'rewound' }> }
  | { type: 'notifyWorkerDied'; why: string };

export interface Transition {
  phase: Phase;
  effects: readonly Effect[];
}

export const transitionTo = (phase: Phase, ...effects: Effect[]): Transition => ({ phase, effects });
