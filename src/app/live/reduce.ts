// The live training as a state machine: (phase, command or report) -> (phase, effects). Pure: no runes, no DOM, no worker.
import { adopt, branch, change, load, pause, play, restart, resume, seek, start, step } from './commands.ts';
import { wantsPlay, type Phase } from './phase.ts';
import { afterFailure, loaded, onStatus } from './reports.ts';
import { transitionTo, type VisitorCommand, type PhaseReport, type Transition } from './transition.ts';

export function reduce(phase: Phase, input: VisitorCommand | PhaseReport): Transition {
  switch (input.type) {
    case 'load':
      return load(wantsPlay(phase));
    case 'start':
      return restart(phase, input.play ?? wantsPlay(phase), input.readiness);
    case 'play':
      return play(phase, input.restartNeeded, input.readiness);
    case 'pause':
      return pause(phase);
    case 'step':
      return step(phase);
    case 'seek':
      return seek(phase, input.step);
    case 'branch':
      return branch(phase, input.readiness);
    case 'resume':
      return resume(phase, input.run, input.readiness);
    case 'adopt':
      return adopt(phase, input.readiness);
    case 'edit':
      return change(phase, input.inPast, { type: 'edit', knob: input.knob });
    case 'addGroups':
      return change(phase, input.inPast, { type: 'addGroups', groups: input.groups });
    case 'setRate':
      return phase.kind === 'playing' ? transitionTo(phase, input) : transitionTo(phase);
    case 'loaded':
      return loaded(phase);
    case 'runFound':
      if (phase.kind !== 'findingRun') return transitionTo(phase);
      return input.run === null
        ? start(phase, phase.play, input.readiness)
        : resume(phase, input.run, input.readiness);
    case 'status':
      return onStatus(phase, input);
    case 'seeked':
      return phase.kind === 'seeking' && phase.to === input.step
        ? transitionTo({ ...phase, arrived: true })
        : transitionTo(phase);
    case 'rewound': {
      const rewound = phase.kind === 'seeking' ? { ...phase, to: Math.min(phase.to, input.step) } : phase;
      return transitionTo(
        rewound,
        { type: 'rewind', step: input.step },
        { type: 'notifyRewound', report: input },
      );
    }
    case 'failed':
      return transitionTo(afterFailure(phase, input.during), { type: 'notifyFailed', report: input });
    case 'workerDied':
      return transitionTo(
        { kind: 'workerDied', play: wantsPlay(phase) },
        { type: 'notifyWorkerDied', why: input.why },
      );
  }
}
