// The phases of the live training as the page sees it; it is always in exactly one. The transitions are in reduce.ts.
//
//   loadingEncoder -> findingRun -> awaitingData -> starting -> waiting
//   waiting  <-> stepping, playing, seeking;  playing -> pausing -> waiting
//   stepping, playing -> finished (last step);  finished -> seeking -> waiting (a step of the past)
//   any phase with a run <-> recovering (lost device);  any phase -> failed, encoderFailed, workerDied
import type { UnfinishedRun } from './options.ts';

/** What happens when the training waits again. */
export type Next = 'wait' | 'step' | 'play';

export type Phase =
  /** The worker loads the encoder. Then the run in `resume`, if any, continues. */
  | { kind: 'loadingEncoder'; play: boolean; resume: UnfinishedRun | null }
  /** The encoder is loaded; the page looks for a run that an earlier visit left unfinished. */
  | { kind: 'findingRun'; play: boolean }
  /** A run starts as soon as its corpus has arrived. */
  | { kind: 'awaitingData'; play: boolean }
  /** The worker prepares a run. The record of a resumed run may be ahead of its checkpoint. */
  | { kind: 'starting'; play: boolean; resumed: boolean }
  /** Between two steps. */
  | { kind: 'waiting' }
  /** A single step is being run. */
  | { kind: 'stepping'; then: Next }
  /**
   * Training until paused. If it is paused before the worker has `confirmed` it, the worker may send no further
   * status.
   */
  | { kind: 'playing'; confirmed: boolean }
  /** Paused by the visitor; the worker is still finishing its step. */
  | { kind: 'pausing' }
  /** The worker restores another step of the run; `arrived` is set when it has reported that step. */
  | { kind: 'seeking'; to: number; arrived: boolean; then: Next }
  /** The GPU device was lost; the worker starts a new one. */
  | { kind: 'recovering'; then: Next }
  | { kind: 'finished' }
  /** The run failed or could not start. `left: 'run'`: the worker still has a run whose past can be shown. */
  | { kind: 'failed'; left: 'run' | 'encoder'; play: boolean }
  | { kind: 'encoderFailed'; play: boolean }
  | { kind: 'workerDied'; play: boolean };

/** Before the first command. */
export const FIRST_PHASE: Phase = { kind: 'loadingEncoder', play: false, resume: null };

/** Whether the next run should start playing automatically. */
export function wantsPlay(phase: Phase): boolean {
  return 'play' in phase && phase.play;
}

const RUNNING = ['waiting', 'stepping', 'playing', 'pausing', 'seeking', 'recovering'] as const;
export type RunningPhase = Extract<Phase, { kind: (typeof RUNNING)[number] }>;

/** Whether the worker has a run that accepts changes. Changes survive a lost device. */
export function isRunning(phase: Phase): phase is RunningPhase {
  return (RUNNING as readonly Phase['kind'][]).includes(phase.kind);
}

/** Whether earlier steps of the run can be shown. */
export function hasPast(phase: Phase): boolean {
  if (phase.kind === 'failed') return phase.left === 'run';
  return phase.kind === 'finished' || (isRunning(phase) && phase.kind !== 'recovering');
}

/** Whether training is running with no pause requested. A single step does not count. */
export function isPlaying(phase: Phase): boolean {
  return phase.kind === 'playing' || (phase.kind === 'recovering' && phase.then === 'play');
}

export type TrainingStatus =
  'loading' | 'ready' | 'running' | 'paused' | 'finished' | 'recovering' | 'failed';

/**
 * The status that the page displays for a phase.
 * @param step the step that is shown
 */
export function trainingStatusOf(phase: Phase, step: number): TrainingStatus {
  switch (phase.kind) {
    case 'loadingEncoder':
    case 'findingRun':
    case 'awaitingData':
    case 'starting':
      return 'loading';
    case 'waiting':
    case 'seeking':
      return step === 0 ? 'ready' : 'paused';
    case 'stepping':
    case 'playing':
    case 'pausing':
      return 'running';
    case 'recovering':
    case 'finished':
      return phase.kind;
    case 'failed':
    case 'encoderFailed':
    case 'workerDied':
      return 'failed';
  }
}
