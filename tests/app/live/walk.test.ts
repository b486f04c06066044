// The state machine of the live training against a simulated worker, with messages that arrive late: whatever the
// visitor presses and whenever a device is lost, page and worker agree in the end, and nothing that was asked is lost.
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { FIRST_PHASE, isRunning, type Phase } from '../../../src/app/live/phase.ts';
import { reduce } from '../../../src/app/live/reduce.ts';
import type { VisitorCommand, Effect, PhaseReport } from '../../../src/app/live/transition.ts';
import { phaseText } from './text.ts';
import { SimulatedWorker, STEPS } from './worker.ts';

const READY = 'ready' as const;
const PLAY = { type: 'play', restartNeeded: false, readiness: READY } as const;
const knob = 'temperature';

/** The page: its phase, the step it shows, and a worker behind slow queues. */
class Page {
  phase: Phase = FIRST_PHASE;
  worker = new SimulatedWorker();
  step = 0;
  head = 0;
  run = 0;
  edits = 0;
  /** Edits that a run in the worker was told, and those of runs that another one has replaced. */
  readonly told = new Set<number>();
  readonly replaced = new Set<number>();
  /** Steps that were asked for and have not ended. */
  private openSteps = 0;
  mostOpenSteps = 0;

  command(command: VisitorCommand): void {
    if (command.type === 'seek') {
      const step = Math.min(this.head, command.step);
      if (step !== this.step) this.dispatch({ ...command, step });
    } else this.dispatch(command);
  }

  edit(): void {
    const id = ++this.edits;
    const hadRun = isRunning(this.phase) || this.phase.kind === 'starting';
    this.dispatch({ type: 'edit', knob, inPast: this.step < this.head });
    // Without a run there is nothing to lose: the next one starts with what the recipe says.
    expect(this.told.has(id), phaseText(this.phase)).toBe(hadRun);
  }

  /** The oldest report arrives. */
  hear(): void {
    const message = this.worker.outbox.shift();
    if (message === undefined || (message.run !== 0 && message.run !== this.run)) return;
    const { report } = message;
    if (report.type === 'stepMade') {
      this.head = Math.max(this.head, report.step);
      if (this.phase.kind !== 'seeking') this.step = report.step;
      return;
    }
    if (report.type === 'status' && !['starting', 'running'].includes(report.status)) this.openSteps = 0;
    this.dispatch(report);
  }

  dispatch(input: VisitorCommand | PhaseReport): void {
    const { phase, effects } = reduce(this.phase, input);
    this.phase = phase;
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: Effect): void {
    const { inbox } = this.worker;
    switch (effect.type) {
      case 'findRun':
        this.dispatch({ type: 'runFound', run: null, readiness: READY });
        return;
      case 'rewind':
        this.step = this.head = effect.step;
        return;
      case 'show':
        this.step = effect.step;
        return;
      case 'load':
        this.worker = new SimulatedWorker();
        this.worker.inbox.push({ type: 'load', run: 0 });
        return;
      case 'adopt':
        // The spare has loaded its encoder; that it says so again changes nothing.
        this.worker = new SimulatedWorker();
        this.worker.inbox.push({ type: 'load', run: 0 });
        return;
      case 'start':
      case 'branch':
      case 'resume':
        for (const id of this.told) this.replaced.add(id);
        this.head = this.step = effect.type === 'start' ? 0 : this.step;
        this.openSteps = 0;
        inbox.push({ type: effect.type, run: ++this.run, step: this.step });
        return;
      case 'seek':
        this.step = effect.step;
        inbox.push({ type: 'seek', run: this.run, step: effect.step });
        return;
      case 'step':
        this.mostOpenSteps = Math.max(this.mostOpenSteps, ++this.openSteps);
        inbox.push({ type: 'step', run: this.run });
        return;
      case 'edit':
        this.told.add(this.edits);
        inbox.push({ type: 'edit', run: this.run, edit: this.edits });
        return;
      case 'play':
      case 'pause':
      case 'setRate':
      case 'addGroups':
        inbox.push({ type: effect.type, run: this.run });
        return;
      default:
        return;
    }
  }

  /** Everything that is on its way arrives. */
  settle(): void {
    for (let i = 0; i < 500; i++) {
      this.worker.take();
      this.worker.turn();
      this.hear();
    }
    expect(this.worker.isIdle, `the worker ends, with the page ${phaseText(this.phase)}`).toBe(true);
  }
}

/** Something that happens; its name stands in the report of a failure. */
class Act {
  constructor(
    readonly name: string,
    readonly on: (page: Page) => void,
  ) {}

  toString(): string {
    return this.name;
  }
}
const press = (name: string, command: VisitorCommand) => new Act(name, (page) => page.command(command));

const MESSAGES = [
  new Act('take', (page) => page.worker.take()),
  new Act('turn', (page) => page.worker.turn()),
  new Act('hear', (page) => page.hear()),
];
const seekTo = (step: number) => press(`seek ${step}`, { type: 'seek', step });
const startPlaying = (play: boolean | null) =>
  press(`start ${play}`, { type: 'start', play, readiness: READY });
const acts = [
  { weight: 24, arbitrary: fc.constantFrom(...MESSAGES) },
  { weight: 2, arbitrary: fc.constant(press('play', PLAY)) },
  { weight: 2, arbitrary: fc.constant(press('pause', { type: 'pause' })) },
  { weight: 2, arbitrary: fc.constant(press('step', { type: 'step' })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: STEPS }).map(seekTo) },
  { weight: 1, arbitrary: fc.constant(new Act('edit', (page) => page.edit())) },
  { weight: 1, arbitrary: fc.constant(press('setRate', { type: 'setRate' })) },
  { weight: 1, arbitrary: fc.constant(press('adopt', { type: 'adopt', readiness: READY })) },
  { weight: 1, arbitrary: fc.constantFrom(true, false, null).map(startPlaying) },
  { weight: 1, arbitrary: fc.constant(new Act('lose', (page) => void (page.worker.isLost = true))) },
];
const walk = fc.array(fc.oneof(...acts), { minLength: 10, maxLength: 80, size: 'max' });

function walked(steps: readonly Act[]): Page {
  const page = new Page();
  page.command({ type: 'load' });
  for (const act of steps) act.on(page);
  return page;
}

const RUNS = { numRuns: 2000 };

it('page and worker agree once everything has arrived', () => {
  fc.assert(
    fc.property(walk, (steps) => {
      const page = walked(steps);
      page.settle();
      const { worker, phase } = page;
      expect(worker.gate, phaseText(phase)).toBe('closed');
      expect(phaseText(phase)).toBe(worker.step === STEPS ? 'finished' : 'waiting');
      expect(page.step).toBe(worker.step);
    }),
    RUNS,
  );
});

it('an edit is told to the worker exactly when there is a run, and acts in its next step', () => {
  fc.assert(
    fc.property(walk, (steps) => {
      const page = walked(steps);
      page.settle();
      if (page.worker.step < STEPS) {
        page.command({ type: 'step' });
        page.settle();
        const lost = [...page.told].filter((id) => !page.replaced.has(id) && !page.worker.taken.includes(id));
        expect(lost).toEqual([]);
      }
      expect(new Set(page.worker.taken).size).toBe(page.worker.taken.length);
    }),
    RUNS,
  );
});

it('no more than one single step is on its way', () => {
  fc.assert(
    fc.property(walk, (steps) => {
      expect(walked(steps).mostOpenSteps).toBeLessThanOrEqual(1);
    }),
    RUNS,
  );
});

it('Train that is pressed before there is a run plays as soon as there is one', () => {
  const quiet = fc.array(fc.constantFrom(...MESSAGES), { maxLength: 8, size: 'max' });
  fc.assert(
    fc.property(quiet, (before) => {
      const page = walked(before);
      if (isRunning(page.phase)) return;
      page.command(PLAY);
      page.settle();
      expect(phaseText(page.phase)).toBe('finished');
    }),
    RUNS,
  );
});
