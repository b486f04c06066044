// The live training as the page sees it: always in one of these phases. Which leads to which is in reduce.ts.
//
//   loadingEncoder -> findingRun -> awaitingData -> starting -> waiting
//   waiting  <-> stepping, playing, seeking;  playing -> pausing -> waiting
//   stepping, playing -> finished (last step);  finished -> seeking -> waiting (a step of the past)
//   any phase with a run <-> recovering (lost device);  any phase -> failed, encoderFailed, workerDied
import type { UnfinishedRun } from './options.ts';

/** What follows when the training waits again. */
export type Next = 'wait' | 'step' | 'play';

export type Phase =
  /** The worker loads the encoder. Then `resume` goes on, if there is one. */
  | { kind: 'loadingEncoder'; play: boolean; resume: UnfinishedRun | null }
  /** The encoder is there; the page looks for a run that an earlier visit left unfinished. */
  | { kind: 'findingRun'; play: boolean }
  /** A run starts as soon as its corpus has arrived. */
  | { kind: 'awaitingData'; play: boolean }
  /** The worker prepares a run. A resumed one may have a record that is ahead of its checkpoint. */
  | { kind: 'starting'; play: boolean; resumed: boolean }
  /** Between two steps. */
  | { kind: 'waiting' }
  /** A single step is being made. */
  | { kind: 'stepping'; then: Next }
  /** Until paused. If it is paused before the worker has `confirmed` it, the worker may send no further status. */
  | { kind: 'playing'; confirmed: boolean }
  /** Paused by the visitor; the worker still finishes its step. */
  | { kind: 'pausing' }
  /** The worker goes to another step of the run; it has `arrived` when it has said so. */
  | { kind: 'seeking'; to: number; arrived: boolean; then: Next }
  /** The GPU device was lost; the worker starts another one. */
  | { kind: 'recovering'; then: Next }
  | { kind: 'finished' }
  /** The run failed or could not start. `left: 'run'`: the worker has one whose past can still be shown. */
  | { kind: 'failed'; left: 'run' | 'encoder'; play: boolean }
  | { kind: 'encoderFailed'; play: boolean }
  | { kind: 'workerDied'; play: boolean };

/** Before the first command. */
export const FIRST_PHASE: Phase = { kind: 'loadingEncoder', play: false, resume: null };

/** Should the next run start playing automatically? */
export function wantsPlay(phase: Phase): boolean {
  return 'play' in phase && phase.play;
}

const RUNNING = ['waiting', 'stepping', 'playing', 'pausing', 'seeking', 'recovering'] as const;
export type RunningPhase = Extract<Phase, { kind: (typeof RUNNING)[number] }>;

/** Does the worker have a run that takes changes? It keeps them over a lost device. */
export function isRunning(phase: Phase): phase is RunningPhase {
  return (RUNNING as readonly Phase['kind'][]).includes(phase.kind);
}

/** Can earlier steps of the run be shown? */
export function hasPast(phase: Phase): boolean {
  if (phase.kind === 'failed') return phase.left === 'run';
  return phase.kind === 'finished' || (isRunning(phase) && phase.kind !== 'recovering');
}

/** Is the training on, without a pause asked for? A single step does not count. */
export function isPlaying(phase: Phase): boolean {
  return phase.kind === 'playing' || (phase.kind === 'recovering' && phase.then === 'play');
}

export type TrainingStatus =
  'loading' | 'ready' | 'running' | 'paused' | 'finished' | 'recovering' | 'failed';

/** What the phase is called on the page. @param step the step that is shown */
export function statusOf(phase: Phase, step: number): TrainingStatus {
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
