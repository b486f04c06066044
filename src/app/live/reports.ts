// What reports of the worker lead to.
import type { Report } from '../../worker/protocol.ts';
import { resume } from './commands.ts';
import { hasPast, isRunning, wantsPlay, type Next, type Phase } from './phase.ts';
import { to, type Effect, type Transition } from './transition.ts';

export function loaded(phase: Phase): Transition {
  if (phase.kind !== 'loadingEncoder') return to(phase);
  const { play, resume: run } = phase;
  return run === null
    ? to({ kind: 'findingRun', play }, { type: 'findRun' })
    : resume({ kind: 'findingRun', play }, run);
}

export function afterFailure(phase: Phase, during: Extract<Report, { type: 'failed' }>['during']): Phase {
  const play = wantsPlay(phase);
  if (during === 'command') return phase;
  if (during === 'load') return { kind: 'encoderFailed', play };
  // Of a run that is no longer asked for, or of none.
  const isOld = !isRunning(phase) && !hasPast(phase) && phase.kind !== 'starting' && phase.kind !== 'failed';
  return isOld ? phase : { kind: 'failed', left: during === 'start' ? 'encoder' : 'run', play };
}

/** What the worker says of its run. */
export function onStatus(phase: Phase, { status, step }: Extract<Report, { type: 'status' }>): Transition {
  switch (status) {
    case 'starting':
      return to(phase);
    case 'waiting':
      return onWaiting(phase, step);
    case 'running':
      return onRunning(phase);
    case 'recovering':
      return to(recovering(phase));
    case 'ended':
      return onEnded(phase, step);
  }
}

function onRunning(phase: Phase): Transition {
  switch (phase.kind) {
    case 'playing':
      return to({ ...phase, confirmed: true });
    // An old `play` reached the worker before the `pause` that followed it.
    case 'waiting':
      return to({ kind: 'pausing' });
    // A single step that a lost device had held up is made after all, or the worker plays on.
    case 'recovering':
      if (phase.then === 'play') return to({ kind: 'playing', confirmed: true }, { type: 'play' });
      return to(phase.then === 'step' ? { kind: 'stepping', then: 'step' } : { kind: 'pausing' });
    default:
      return to(phase);
  }
}

/** The worker is right about where it waits: a lost device or messages that crossed may have left it elsewhere. */
function onWaiting(phase: Phase, step: number): Transition {
  const waitsAt = (next: Next) => {
    const { phase: following, effects } = goOn(next);
    return to(following, { type: 'show', step }, ...effects);
  };
  switch (phase.kind) {
    case 'starting': {
      const { phase: next, effects } = goOn(phase.play ? 'play' : 'wait');
      return to(next, ...rewindResumed(phase, step), ...effects);
    }
    case 'seeking':
      return phase.arrived ? waitsAt(phase.then) : to(phase);
    case 'stepping':
    case 'recovering':
      return waitsAt(phase.then);
    case 'waiting':
    case 'pausing':
    case 'finished':
    case 'failed':
      return waitsAt('wait');
    // The worker was told to play after all else: it said this before it knew.
    case 'playing':
      return to({ ...phase, confirmed: false });
    default:
      return to(phase);
  }
}

function goOn(next: Next): Transition {
  if (next === 'play') return to({ kind: 'playing', confirmed: false }, { type: 'play' });
  return next === 'step' ? to({ kind: 'stepping', then: 'wait' }, { type: 'step' }) : to({ kind: 'waiting' });
}

function rewindResumed({ resumed }: Extract<Phase, { kind: 'starting' }>, step: number): Effect[] {
  return resumed ? [{ type: 'rewind', step }] : [];
}

/** The step that was being made is lost; one more that was asked for is not. */
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
  if (phase.kind === 'starting') return to({ kind: 'finished' }, ...rewindResumed(phase, step));
  const isElsewhere = phase.kind === 'seeking' && !phase.arrived;
  if (!isRunning(phase) || isElsewhere) return to(phase);
  return to({ kind: 'finished' }, { type: 'show', step });
}
