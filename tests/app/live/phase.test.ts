// Every phase of the live training with everything that can happen in it: a pair that is missing here fails the test.
import { describe, expect, it } from 'vitest';
import type { Phase } from '../../../src/app/live/phase.ts';
import { reduce } from '../../../src/app/live/reduce.ts';
import { RunRecord } from '../../../src/record/runRecord.ts';
import type { VisitorCommand, PhaseReport } from '../../../src/app/live/transition.ts';
import { phaseText, transitionText } from './text.ts';

const run = { id: 'left', record: new RunRecord(), playing: false };
const knob = 'temperature';
const status = (name: 'starting' | 'waiting' | 'running' | 'recovering' | 'ended') =>
  ({ type: 'status', run: 1, status: name, step: 5 }) as const;
const failed = (during: 'load' | 'start' | 'training' | 'command') =>
  ({ type: 'failed', during, message: 'why' }) as const;

const INPUTS: Record<string, VisitorCommand | PhaseReport> = {
  load: { type: 'load' },
  start: { type: 'start', play: null, readiness: 'ready' },
  'start-play': { type: 'start', play: true, readiness: 'ready' },
  'start-dataLoading': { type: 'start', play: null, readiness: 'dataLoading' },
  'start-shortfall': { type: 'start', play: true, readiness: { shortfall: 'too few' } },
  'start-otherEncoder': { type: 'start', play: null, readiness: 'otherEncoder' },
  play: { type: 'play', restartNeeded: false, readiness: 'ready' },
  'play-restart': { type: 'play', restartNeeded: true, readiness: 'ready' },
  pause: { type: 'pause' },
  step: { type: 'step' },
  seek: { type: 'seek', step: 3 },
  branch: { type: 'branch', readiness: 'ready' },
  'branch-dataLoading': { type: 'branch', readiness: 'dataLoading' },
  resume: { type: 'resume', run, readiness: 'ready' },
  'resume-otherEncoder': { type: 'resume', run, readiness: 'otherEncoder' },
  adopt: { type: 'adopt', readiness: 'ready' },
  'adopt-dataLoading': { type: 'adopt', readiness: 'dataLoading' },
  edit: { type: 'edit', knob, inPast: false },
  'edit-past': { type: 'edit', knob, inPast: true },
  addGroups: { type: 'addGroups', groups: [], inPast: false },
  'addGroups-past': { type: 'addGroups', groups: [], inPast: true },
  setRate: { type: 'setRate' },
  loaded: {
    type: 'loaded',
    device: { name: 'wasm', detail: '', reason: '' },
    model: { name: 'tiny', hidden: 8, layers: 1, maxPositions: 8 },
  },
  'runFound-none': { type: 'runFound', run: null, readiness: 'ready' },
  runFound: { type: 'runFound', run, readiness: 'ready' },
  'runFound-otherEncoder': { type: 'runFound', run, readiness: 'otherEncoder' },
  starting: status('starting'),
  waiting: status('waiting'),
  running: status('running'),
  recovering: status('recovering'),
  ended: status('ended'),
  'seeked-7': { type: 'seeked', run: 1, step: 7, milliseconds: 9 },
  'rewound-2': { type: 'rewound', run: 1, step: 2, deviceError: 'why' },
  'failed-load': failed('load'),
  'failed-start': failed('start'),
  'failed-training': failed('training'),
  'failed-command': failed('command'),
  workerDied: { type: 'workerDied', why: 'why' },
};

const PHASES: Record<
  Phase['kind'] | 'playing, unconfirmed' | 'arrived' | 'recovering, then play' | 'failed at start',
  Phase
> = {
  loadingEncoder: { kind: 'loadingEncoder', play: false, resume: null },
  findingRun: { kind: 'findingRun', play: false },
  awaitingData: { kind: 'awaitingData', play: false },
  starting: { kind: 'starting', play: false, resumed: false },
  waiting: { kind: 'waiting' },
  stepping: { kind: 'stepping', then: 'wait' },
  playing: { kind: 'playing', confirmed: true },
  'playing, unconfirmed': { kind: 'playing', confirmed: false },
  pausing: { kind: 'pausing' },
  seeking: { kind: 'seeking', to: 7, arrived: false, then: 'wait' },
  arrived: { kind: 'seeking', to: 7, arrived: true, then: 'wait' },
  recovering: { kind: 'recovering', then: 'wait' },
  'recovering, then play': { kind: 'recovering', then: 'play' },
  finished: { kind: 'finished' },
  failed: { kind: 'failed', left: 'run', play: false },
  'failed at start': { kind: 'failed', left: 'encoder', play: false },
  encoderFailed: { kind: 'encoderFailed', play: false },
  workerDied: { kind: 'workerDied', play: false },
};

/** "next phase | effects" by what leads to it; `=` is the same phase. */
type Row = Record<string, string>;

/** In every phase, unless its own row says otherwise (an empty text takes an outcome back). */
const ANYWHERE: Row = {
  '=': 'starting adopt adopt-dataLoading runFound-otherEncoder',
  'loadingEncoder | load': 'load start-otherEncoder',
  'loadingEncoder, resume left | load': 'resume-otherEncoder',
  '= | rewind 2, notifyRewound': 'rewound-2',
  '= | notifyFailed': 'failed-command',
  'encoderFailed | notifyFailed': 'failed-load',
  'workerDied | notifyWorkerDied': 'workerDied',
};

/** Where the worker has a run, whatever it does. */
const WITH_RUN: Row = {
  ...ANYWHERE,
  'starting | start': 'start',
  'starting, play | start': 'start-play play-restart',
  'starting | branch recipe': 'branch',
  'starting, resumed | resume left': 'resume',
  '= | edit temperature': 'edit',
  'starting | branch applied, edit temperature': 'edit-past',
  '= | addGroups': 'addGroups',
  'starting | branch applied, addGroups': 'addGroups-past',
  'failed, run left | notifyFailed': 'failed-training',
  'failed, encoder left | notifyFailed': 'failed-start',
};

const TABLE: Record<keyof typeof PHASES, Row> = {
  loadingEncoder: {
    ...ANYWHERE,
    '=':
      'starting adopt adopt-dataLoading runFound-otherEncoder start start-dataLoading pause step seek branch branch-dataLoading edit edit-past addGroups addGroups-past ' +
      'setRate runFound runFound-none waiting running recovering ended seeked-7',
    'loadingEncoder, play': 'start-play start-shortfall play play-restart',
    '= | load': 'load start-otherEncoder',
    'loadingEncoder | load': '',
    'loadingEncoder, resume left': 'resume',
    'findingRun | findRun': 'loaded',
    '= | notifyFailed': 'failed-command failed-start failed-training',
  },
  findingRun: {
    ...ANYWHERE,
    '=':
      'starting adopt adopt-dataLoading start start-dataLoading pause step seek branch branch-dataLoading edit edit-past addGroups addGroups-past ' +
      'setRate loaded waiting running recovering ended seeked-7',
    'findingRun, play': 'start-play start-shortfall play play-restart',
    'starting | start': 'runFound-none',
    'starting, resumed | resume left': 'runFound resume',
    'loadingEncoder, resume left | load': 'resume-otherEncoder runFound-otherEncoder',
    '= | notifyFailed': 'failed-command failed-start failed-training',
  },
  awaitingData: {
    ...ANYWHERE,
    '=':
      'starting adopt adopt-dataLoading runFound-otherEncoder start-dataLoading pause step seek branch branch-dataLoading edit edit-past addGroups addGroups-past ' +
      'setRate loaded runFound runFound-none waiting running recovering ended seeked-7',
    'awaitingData, play': 'play play-restart',
    'starting | start': 'start',
    'starting, play | start': 'start-play',
    'starting, resumed | resume left': 'resume',
    'failed, encoder left | notifyShortfall': 'start-shortfall',
    '= | notifyFailed': 'failed-command failed-start failed-training',
  },
  starting: {
    ...ANYWHERE,
    '=':
      'starting adopt adopt-dataLoading runFound-otherEncoder pause step seek branch branch-dataLoading setRate loaded runFound runFound-none ' +
      'running recovering seeked-7',
    'starting, play': 'play',
    '= | start': 'start',
    'starting, play | start': 'start-play play-restart',
    awaitingData: 'start-dataLoading',
    'failed, encoder left | notifyShortfall': 'start-shortfall',
    'starting, resumed | resume left': 'resume',
    '= | edit temperature': 'edit edit-past',
    '= | addGroups': 'addGroups addGroups-past',
    waiting: 'waiting',
    finished: 'ended',
    'failed, run left | notifyFailed': 'failed-training',
    'failed, encoder left | notifyFailed': 'failed-start',
  },
  waiting: {
    ...WITH_RUN,
    '=': 'starting adopt-dataLoading runFound-otherEncoder pause branch-dataLoading setRate loaded runFound runFound-none seeked-7',
    'starting | adopt, start': 'adopt',
    'playing, unconfirmed | play': 'play',
    'stepping | step': 'step',
    'seeking 3 | seek 3': 'seek',
    awaitingData: 'start-dataLoading',
    'failed, run left | notifyShortfall': 'start-shortfall',
    '= | show 5': 'waiting',
    pausing: 'running',
    recovering: 'recovering',
    'finished | show 5': 'ended',
  },
  stepping: {
    ...WITH_RUN,
    '=': 'starting adopt adopt-dataLoading runFound-otherEncoder pause branch-dataLoading setRate loaded runFound runFound-none running seeked-7',
    'stepping, then play': 'play',
    'stepping, then step': 'step',
    'seeking 3 | seek 3': 'seek',
    awaitingData: 'start-dataLoading',
    'failed, run left | notifyShortfall': 'start-shortfall',
    'waiting | show 5': 'waiting',
    recovering: 'recovering',
    'finished | show 5': 'ended',
  },
  playing: {
    ...WITH_RUN,
    '=': 'starting adopt adopt-dataLoading runFound-otherEncoder play step branch-dataLoading loaded runFound runFound-none running seeked-7',
    '= | setRate': 'setRate',
    'pausing | pause': 'pause',
    'playing, unconfirmed': 'waiting',
    'seeking 3 | seek 3': 'seek',
    'awaitingData | pause': 'start-dataLoading',
    'failed, run left | pause, notifyShortfall': 'start-shortfall',
    'recovering, then play': 'recovering',
    'finished | show 5': 'ended',
  },
  'playing, unconfirmed': {
    ...WITH_RUN,
    '=': 'starting adopt adopt-dataLoading runFound-otherEncoder play step branch-dataLoading loaded runFound runFound-none waiting seeked-7',
    '= | setRate': 'setRate',
    'waiting | pause': 'pause',
    playing: 'running',
    'seeking 3 | seek 3': 'seek',
    'awaitingData | pause': 'start-dataLoading',
    'failed, run left | pause, notifyShortfall': 'start-shortfall',
    'recovering, then play': 'recovering',
    'finished | show 5': 'ended',
  },
  pausing: {
    ...WITH_RUN,
    '=': 'starting adopt adopt-dataLoading runFound-otherEncoder pause step branch-dataLoading setRate loaded runFound runFound-none running seeked-7',
    'playing, unconfirmed | play': 'play',
    'seeking 3 | seek 3': 'seek',
    awaitingData: 'start-dataLoading',
    'failed, run left | notifyShortfall': 'start-shortfall',
    'waiting | show 5': 'waiting',
    recovering: 'recovering',
    'finished | show 5': 'ended',
  },
  seeking: {
    ...WITH_RUN,
    '=': 'starting adopt adopt-dataLoading runFound-otherEncoder pause branch-dataLoading setRate loaded runFound runFound-none waiting running ended',
    'seeking 7, then play': 'play',
    'seeking 7, then step': 'step',
    'seeking 3 | seek 3': 'seek',
    awaitingData: 'start-dataLoading',
    'failed, run left | notifyShortfall': 'start-shortfall',
    recovering: 'recovering',
    'seeking 7, arrived': 'seeked-7',
    'seeking 2 | rewind 2, notifyRewound': 'rewound-2',
    '= | rewind 2, notifyRewound': '',
  },
  arrived: {
    ...WITH_RUN,
    '=': 'starting adopt adopt-dataLoading runFound-otherEncoder pause branch-dataLoading setRate loaded runFound runFound-none running seeked-7',
    'seeking 7, arrived, then play': 'play',
    'seeking 7, arrived, then step': 'step',
    'seeking 3 | seek 3': 'seek',
    awaitingData: 'start-dataLoading',
    'failed, run left | notifyShortfall': 'start-shortfall',
    'waiting | show 5': 'waiting',
    recovering: 'recovering',
    'finished | show 5': 'ended',
    'seeking 2, arrived | rewind 2, notifyRewound': 'rewound-2',
    '= | rewind 2, notifyRewound': '',
  },
  recovering: {
    ...WITH_RUN,
    '= | pause': 'pause',
    '=':
      'starting adopt adopt-dataLoading runFound-otherEncoder step seek branch-dataLoading setRate loaded runFound runFound-none recovering ' +
      'seeked-7',
    'recovering, then play | play': 'play',
    awaitingData: 'start-dataLoading',
    'failed, run left | notifyShortfall': 'start-shortfall',
    'waiting | show 5': 'waiting',
    pausing: 'running',
    'finished | show 5': 'ended',
  },
  'recovering, then play': {
    ...WITH_RUN,
    '=': 'starting adopt adopt-dataLoading runFound-otherEncoder step seek branch-dataLoading setRate loaded runFound runFound-none recovering seeked-7',
    'recovering | pause': 'pause',
    '= | play': 'play',
    'awaitingData | pause': 'start-dataLoading',
    'failed, run left | pause, notifyShortfall': 'start-shortfall',
    'playing, unconfirmed | show 5, play': 'waiting',
    'playing | play': 'running',
    'finished | show 5': 'ended',
  },
  finished: {
    ...ANYWHERE,
    '=':
      'starting adopt adopt-dataLoading runFound-otherEncoder pause step branch-dataLoading edit edit-past addGroups addGroups-past setRate loaded ' +
      'runFound runFound-none running ended seeked-7',
    'starting | start': 'start',
    'starting, play | start': 'start-play play play-restart',
    awaitingData: 'start-dataLoading',
    'failed, run left | notifyShortfall': 'start-shortfall',
    'seeking 3 | seek 3': 'seek',
    'starting | branch recipe': 'branch',
    'starting, resumed | resume left': 'resume',
    'waiting | show 5': 'waiting',
    recovering: 'recovering',
    'failed, run left | notifyFailed': 'failed-training',
    'failed, encoder left | notifyFailed': 'failed-start',
  },
  failed: {
    ...ANYWHERE,
    '=':
      'starting adopt adopt-dataLoading runFound-otherEncoder pause step branch-dataLoading edit edit-past addGroups addGroups-past setRate loaded ' +
      'runFound runFound-none running recovering ended seeked-7',
    'starting | start': 'start',
    'starting, play | start': 'start-play play play-restart',
    awaitingData: 'start-dataLoading',
    '= | notifyShortfall': 'start-shortfall',
    'seeking 3 | seek 3': 'seek',
    'starting | branch recipe': 'branch',
    'starting, resumed | resume left': 'resume',
    'waiting | show 5': 'waiting',
    '= | notifyFailed': 'failed-command failed-training',
    'failed, encoder left | notifyFailed': 'failed-start',
  },
  'failed at start': {
    ...ANYWHERE,
    '=':
      'starting adopt adopt-dataLoading runFound-otherEncoder pause step seek branch branch-dataLoading edit edit-past addGroups addGroups-past setRate loaded ' +
      'runFound runFound-none running recovering ended seeked-7',
    'starting | start': 'start',
    'starting, play | start': 'start-play play play-restart',
    awaitingData: 'start-dataLoading',
    '= | notifyShortfall': 'start-shortfall',
    'starting, resumed | resume left': 'resume',
    'waiting | show 5': 'waiting',
    '= | notifyFailed': 'failed-command failed-start',
    'failed, run left | notifyFailed': 'failed-training',
  },
  encoderFailed: {
    ...ANYWHERE,
    '=':
      'starting adopt adopt-dataLoading runFound-otherEncoder pause step seek branch branch-dataLoading edit edit-past addGroups addGroups-past setRate loaded ' +
      'runFound runFound-none waiting running recovering ended seeked-7',
    'loadingEncoder | load': 'load start start-dataLoading start-otherEncoder',
    'loadingEncoder, play | load': 'start-play start-shortfall play play-restart',
    'loadingEncoder, resume left | load': 'resume resume-otherEncoder',
    '= | notifyFailed': 'failed-command failed-start failed-training failed-load',
    'encoderFailed | notifyFailed': '',
  },
  workerDied: {
    ...ANYWHERE,
    '=':
      'starting adopt adopt-dataLoading runFound-otherEncoder pause step seek branch branch-dataLoading edit edit-past addGroups addGroups-past setRate loaded ' +
      'runFound runFound-none waiting running recovering ended seeked-7',
    'loadingEncoder | load': 'load start start-dataLoading start-otherEncoder',
    'loadingEncoder, play | load': 'start-play start-shortfall play play-restart',
    'loadingEncoder, resume left | load': 'resume resume-otherEncoder',
    '= | notifyFailed': 'failed-command failed-start failed-training',
    '= | notifyWorkerDied': 'workerDied',
    'workerDied | notifyWorkerDied': '',
  },
};

/** The row by input. @throws Error for an input that stands there twice or does not exist */
function cells(row: Row): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [outcome, names] of Object.entries(row)) {
    for (const name of names.split(' ').filter((text) => text !== '')) {
      if (!(name in INPUTS)) throw new Error(`there is no input "${name}"`);
      if (name in found) throw new Error(`"${name}" stands twice in a row`);
      found[name] = outcome;
    }
  }
  return found;
}

describe.each(Object.entries(TABLE))('%s', (name, row) => {
  it('has an outcome for every input, and takes it', () => {
    const phase = PHASES[name as keyof typeof PHASES];
    const taken = Object.entries(INPUTS).map(([input, value]) => [
      input,
      transitionText(phase, reduce(phase, value)),
    ]);
    expect(Object.fromEntries(taken)).toEqual(cells(row));
  });
});

const names = (...inputs: string[]) => inputs.map((input) => INPUTS[input]!);
/** Where a sequence leads, and the effects of all of it but `show`, which changes nothing here. */
function after(phase: Phase, ...inputs: string[]): string {
  const effects = [];
  for (const input of names(...inputs)) {
    const next = reduce(phase, input);
    phase = next.phase;
    effects.push(...next.effects.filter(({ type }) => type !== 'show'));
  }
  return transitionText(null, { phase, effects });
}

describe('in sequence', () => {
  const { loadingEncoder, starting, stepping, playing, seeking } = PHASES;

  it.each<[string, Phase, string, string]>([
    [
      'Train while the encoder loads',
      loadingEncoder,
      'play loaded runFound-none waiting',
      'playing, unconfirmed | findRun, start, play',
    ],
    [
      'Train, taken back',
      loadingEncoder,
      'play pause loaded runFound-none waiting',
      'waiting | findRun, start',
    ],
    [
      'Train, and the encoder fails',
      loadingEncoder,
      'play failed-load load',
      'loadingEncoder, play | notifyFailed, load',
    ],
    [
      'a run to resume, chosen early',
      loadingEncoder,
      'resume loaded waiting',
      'waiting | resume left, rewind 5',
    ],
    ['a resumed run that had ended', PHASES.findingRun, 'runFound ended', 'finished | resume left, rewind 5'],
    [
      'Train while the corpus loads',
      starting,
      'start-dataLoading play start waiting',
      'playing, unconfirmed | start, play',
    ],
    [
      'Train while the run starts, which fails',
      starting,
      'play failed-start start',
      'starting, play | notifyFailed, start',
    ],
    ['a held key', stepping, 'step step step waiting waiting', 'waiting | step'],
    ['Train during a step', stepping, 'step play waiting', 'playing, unconfirmed | play'],
    ['Train during a step, taken back', stepping, 'play pause waiting', 'waiting'],
    ['Train and Pause at once', PHASES.waiting, 'play pause', 'waiting | play, pause'],
    [
      'Train and Pause at once, which the worker tells late',
      PHASES.waiting,
      'play pause running waiting',
      'waiting | play, pause',
    ],
    ['Pause and Train at once', playing, 'pause play waiting running', 'playing | pause, play'],
    [
      'a step of the past, and on from there',
      seeking,
      'play waiting seeked-7 waiting running',
      'playing | play',
    ],
    ['a lost device while playing', playing, 'recovering starting running', 'playing | play'],
    [
      'a lost device during a step, one more asked for',
      stepping,
      'step recovering waiting',
      'stepping | step',
    ],
    ['an edit during recovery', playing, 'recovering edit running', 'playing | edit temperature, play'],
    [
      'an edit in the past during recovery',
      playing,
      'recovering edit-past waiting',
      'waiting | branch applied, edit temperature',
    ],
    [
      'a run of another encoder, left by an earlier visit',
      PHASES.findingRun,
      'runFound-otherEncoder loaded waiting',
      'waiting | load, resume left, rewind 5',
    ],
    [
      'Train as another encoder takes its place',
      PHASES.waiting,
      'adopt play waiting',
      'playing, unconfirmed | adopt, start, play',
    ],
    ['a failed run, gone back in', playing, 'failed-training ended seek', 'seeking 3 | notifyFailed, seek 3'],
  ])('%s', (_, phase, inputs, expected) => {
    expect(after(phase, ...inputs.split(' '))).toBe(expected);
  });
});

it('a phase has a text of its own', () => {
  const texts = Object.values(PHASES).map(phaseText);
  expect(new Set(texts).size).toBe(texts.length);
});
