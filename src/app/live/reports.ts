// The part of the state machine (reduce.ts) that handles reports of the worker.
import type { Report } from '../../worker/protocol.ts';
import { resume } from './commands.ts';
import { hasPast, isRunning, wantsPlay, type Next, type Phase } from './phase.ts';
import { transitionTo, type Effect, type Transition } from './transition.ts';

export function loaded(phase: Phase): Transition {
  if (phase.kind !== 'loadingEncoder') return transitionTo(phase);
  const { play, resume: run } = phase;
  return run === null
    ? transitionTo({ kind: 'findingRun', play }, { type: 'findRun' })
    : resume({ kind: 'findingRun', play }, run, 'ready');
}

export function afterFailure(phase: Phase, during: Extract<Report, { type: 'failed' }>['during']): Phase {
  const play = wantsPlay(phase);
  if (during === 'command') return phase;
  if (during === 'load') return { kind: 'encoderFailed', play };
  // From a run that is no longer wanted, or from none.
  const isOld = !isRunning(phase) && !hasPast(phase) && phase.kind !== 'starting' && phase.kind !== 'failed';
  return isOld ? phase : { kind: 'failed', left: during === 'start' ? 'encoder' : 'run', play };
}

/** The status of the worker's run. */
export function onStatus(phase: Phase, { status, step }: Extract<Report, { type: 'status' }>): Transition {
  switch (status) {
    case 'starting':
      return transitionTo(phase);
    case 'waiting':
      return onWaiting(phase, step);
    case 'running':
      return onRunning(phase);
    case 'recovering':
      return transitionTo(recovering(phase));
    case 'ended':
      return onEnded(phase, step);
  }
}

function onRunning(phase: Phase): Transition {
  switch (phase.kind) {
    case 'playing':
      return transitionTo({ ...phase, confirmed: true });
    // An old `play` reached the worker before the `pause` that followed it.
    case 'waiting':
      return transitionTo({ kind: 'pausing' });
    // A single step interrupted by a lost device is now being repeated, or the worker continues playing.
    case 'recovering':
      if (phase.then === 'play') return transitionTo({ kind: 'playing', confirmed: true }, { type: 'play' });
      return transitionTo(phase.then === 'step' ? { kind: 'stepping', then: 'step' } : { kind: 'pausing' });
    default:
      return transitionTo(phase);
  }
}

/** Trusts the worker's step number: after a lost device or crossed messages it may wait at another step. */
function onWaiting(phase: Phase, step: number): Transition {
  const waitsAt = (next: Next) => {
    const { phase: following, effects } = continueWith(next);
    return transitionTo(following, { type: 'show', step }, ...effects);
  };
  switch (phase.kind) {
    case 'starting': {
      const { phase: next, effects } = continueWith(phase.play ? 'play' : 'wait');
      return transitionTo(next, ...rewindResumed(phase, step), ...effects);
    }
    case 'seeking':
      return phase.arrived ? waitsAt(phase.then) : transitionTo(phase);
    case 'stepping':
    case 'recovering':
      return waitsAt(phase.then);
    case 'waiting':
    case 'pausing':
    case 'finished':
    case 'failed':
      return waitsAt('wait');
    // Stale: the worker sent this before our `play` arrived.
    case 'playing':
      return transitionTo({ ...phase, confirmed: false });
    default:
      return transitionTo(phase);
  }
}

function continueWith(next: Next): Transition {
  if (next === 'play') return transitionTo({ kind: 'playing', confirmed: false }, { type: 'play' });
  return next === 'step'
    ? transitionTo({ kind: 'stepping', then: 'wait' }, { type: 'step' })
    : transitionTo({ kind: 'waiting' });
}

function rewindResumed({ resumed }: Extract<Phase, { kind: 'starting' }>, step: number): Effect[] {
  return resumed ? [{ type: 'rewind', step }] : [];
}

/** The interrupted step is dropped; a queued further step is kept. */
function recovering(phase: Phase): Phase {
  switch (phase.kind) {
    case 'stepping':
    case 'seeking':
      return { kind: 'recovering', then: phase.then };
    case 'playing':
      return { kind: 'recovering', then: 'play' };
    case 'waiting':
    case 'pausing':
    case 'finished':
      return { kind: 'recovering', then: 'wait' };
    default:
      return phase;
  }
}

function onEnded(phase: Phase, step: number): Transition {
  if (phase.kind === 'starting') return transitionTo({ kind: 'finished' }, ...rewindResumed(phase, step));
  const isSeekingAway = phase.kind === 'seeking' && !phase.arrived;
  if (!isRunning(phase) || isSeekingAway) return transitionTo(phase);
  return transitionTo({ kind: 'finished' }, { type: 'show', step });
}
