// The part of the state machine (reduce.ts) that handles commands of the visitor.
import type { Effect, Readiness, Transition } from './transition.ts';
import { transitionTo } from './transition.ts';
import { hasPast, isPlaying, isRunning, wantsPlay, type Phase, type RunningPhase } from './phase.ts';
import type { UnfinishedRun } from './options.ts';

export const load = (play: boolean, run: UnfinishedRun | null = null): Transition =>
  transitionTo({ kind: 'loadingEncoder', play, resume: run }, { type: 'load' });

/** The visitor requests a run from step 0. */
export function restart(phase: Phase, play: boolean, readiness: Readiness): Transition {
  if (readiness === 'otherEncoder' || phase.kind === 'encoderFailed' || phase.kind === 'workerDied')
    return load(play);
  // It starts automatically once the encoder is loaded and the stored runs have been searched.
  if (phase.kind === 'loadingEncoder' || phase.kind === 'findingRun') return transitionTo({ ...phase, play });
  return start(phase, play, readiness);
}

export function start(phase: Phase, play: boolean, readiness: Readiness): Transition {
  if (readiness === 'otherEncoder') return load(play);
  if (readiness === 'ready')
    return transitionTo({ kind: 'starting', play, resumed: false }, { type: 'start' });
  // Another run was requested: the current one stops.
  const stop: Effect[] = isPlaying(phase) ? [{ type: 'pause' }] : [];
  if (readiness === 'dataLoading') return transitionTo({ kind: 'awaitingData', play }, ...stop);
  const left = isRunning(phase) || hasPast(phase) ? 'run' : 'encoder';
  const text = readiness.shortfall;
  return transitionTo({ kind: 'failed', left, play: false }, ...stop, { type: 'notifyShortfall', text });
}

export function play(phase: Phase, restartNeeded: boolean, readiness: Readiness): Transition {
  switch (phase.kind) {
    case 'loadingEncoder':
    case 'findingRun':
    case 'awaitingData':
      return readiness === 'otherEncoder' ? load(true) : transitionTo({ ...phase, play: true });
    case 'encoderFailed':
    case 'workerDied':
    case 'finished':
    case 'failed':
      return restart(phase, true, readiness);
    default:
      return restartNeeded ? restart(phase, true, readiness) : playRun(phase);
  }
}

function playRun(phase: RunningPhase | Extract<Phase, { kind: 'starting' }>): Transition {
  switch (phase.kind) {
    case 'starting':
      return transitionTo({ ...phase, play: true });
    case 'waiting':
    case 'pausing':
      return transitionTo({ kind: 'playing', confirmed: false }, { type: 'play' });
    case 'recovering':
      return transitionTo({ ...phase, then: 'play' }, { type: 'play' });
    case 'stepping':
    case 'seeking':
      return transitionTo({ ...phase, then: 'play' });
    case 'playing':
      return transitionTo(phase);
  }
}

export function pause(phase: Phase): Transition {
  switch (phase.kind) {
    case 'loadingEncoder':
    case 'findingRun':
    case 'awaitingData':
    case 'starting':
      return transitionTo({ ...phase, play: false });
    // A single step ends by itself, and a seek has already paused the worker.
    case 'stepping':
    case 'seeking':
      return transitionTo({ ...phase, then: 'wait' });
    case 'recovering':
      return transitionTo({ ...phase, then: 'wait' }, { type: 'pause' });
    case 'playing':
      return transitionTo({ kind: phase.confirmed ? 'pausing' : 'waiting' }, { type: 'pause' });
    default:
      return transitionTo(phase);
  }
}

/** Requested again before a step has ended, it queues one more step, however many requests a held key sends. */
export function step(phase: Phase): Transition {
  if (phase.kind === 'waiting') return transitionTo({ kind: 'stepping', then: 'wait' }, { type: 'step' });
  if (phase.kind !== 'stepping' && phase.kind !== 'seeking') return transitionTo(phase);
  return transitionTo(phase.then === 'play' ? phase : { ...phase, then: 'step' });
}

export function branch(phase: Phase, readiness: Readiness): Transition {
  const isReady = readiness === 'ready' || readiness === 'otherEncoder';
  if (!isReady || !(isRunning(phase) || hasPast(phase))) return transitionTo(phase);
  return transitionTo({ kind: 'starting', play: false, resumed: false }, { type: 'branch', with: 'recipe' });
}

/** A run continues with the encoder it was trained with. */
export function resume(phase: Phase, run: UnfinishedRun, readiness: Readiness): Transition {
  const play = wantsPlay(phase) || run.playing;
  if (readiness === 'otherEncoder') return load(play, run);
  if (phase.kind === 'loadingEncoder') return transitionTo({ ...phase, play, resume: run });
  if (phase.kind === 'encoderFailed' || phase.kind === 'workerDied') return load(play, run);
  return transitionTo({ kind: 'starting', play, resumed: true }, { type: 'resume', run });
}

/** Another encoder takes the place of the current one, with a fresh run. Whatever else goes on comes first. */
export function adopt(phase: Phase, readiness: Readiness): Transition {
  if (phase.kind !== 'waiting' || readiness !== 'ready') return transitionTo(phase);
  return transitionTo(
    { kind: 'starting', play: false, resumed: false },
    { type: 'adopt' },
    { type: 'start' },
  );
}

/**
 * A change to the run. Without a run, nothing is sent: the next one starts with the recipe and corpus of that time. A
 * change made while an earlier step is shown starts a branch, and the existing run stays as it was.
 */
export function change(phase: Phase, inPast: boolean, effect: Effect): Transition {
  if (phase.kind === 'starting') return transitionTo(phase, effect);
  if (!isRunning(phase)) return transitionTo(phase);
  if (!inPast) return transitionTo(phase, effect);
  const branched: Phase = { kind: 'starting', play: false, resumed: false };
  return transitionTo(branched, { type: 'branch', with: 'applied' }, effect);
}

export function seek(phase: Phase, step: number): Transition {
  if (!hasPast(phase)) return transitionTo(phase);
  return transitionTo({ kind: 'seeking', to: step, arrived: false, then: 'wait' }, { type: 'seek', step });
}
