// A worker without any training, for tests of the page's state machine: it takes commands in order, makes a step at a
// turn, and says what train.worker.ts would say, in the same order. Messages lie in queues until they are delivered.
import type { Effect, PhaseReport } from '../../../src/app/live/transition.ts';

export const STEPS = 6;

type Sent = Exclude<Effect['type'], 'findRun' | 'rewind' | 'show' | 'adopt' | `notify${string}`>;
export interface Message {
  type: Sent;
  run: number;
  step?: number;
  edit?: number;
}

/** A step that was made, as the events of a run tell it. */
export interface StepMade {
  type: 'stepMade';
  step: number;
}

export class SimulatedWorker {
  readonly inbox: Message[] = [];
  readonly outbox: { run: number; report: PhaseReport | StepMade }[] = [];
  /** Edits as they acted: the run, and which edit. */
  readonly taken: number[] = [];
  step = 0;
  gate: 'closed' | 'once' | 'open' = 'closed';
  isLost = false;
  private run = 0;
  private isLoaded = false;
  private isRunning = false;
  private known = 0;
  private wish: number | undefined;
  private said = '';
  private waitingEdits: number[] = [];

  get isIdle(): boolean {
    const isStill = !this.isRunning || (this.gate === 'closed' && this.wish === undefined && !this.isLost);
    return this.inbox.length === 0 && this.outbox.length === 0 && isStill && !this.hasNews;
  }

  /** Takes the oldest command. */
  take(): void {
    const message = this.inbox.shift();
    switch (message?.type) {
      case 'load':
        this.isLoaded = true;
        this.outbox.push({
          run: 0,
          report: {
            type: 'loaded',
            device: { name: 'wasm', detail: '', reason: '' },
            model: { name: '', hidden: 1, layers: 1, maxPositions: 1 },
          },
        });
        break;
      case 'start':
      case 'branch':
      case 'resume':
        if (this.isLoaded) this.begin(message);
        break;
      case 'play':
      case 'setRate':
        this.gate = 'open';
        break;
      case 'pause':
        this.gate = 'closed';
        break;
      case 'step':
        this.gate = 'once';
        break;
      case 'seek':
        this.gate = 'closed';
        this.wish = message.step!;
        break;
      case 'edit':
        this.waitingEdits.push(message.edit!);
        break;
      default:
        break;
    }
  }

  /** Does the next thing of its loop. */
  turn(): void {
    if (!this.isRunning) return;
    if (this.isLost) this.recover();
    else if (this.wish !== undefined) this.seek();
    else if (this.step >= STEPS) {
      this.gate = 'closed';
      this.say('ended');
    } else if (this.gate === 'closed') this.say('waiting');
    else {
      if (this.gate === 'once') this.gate = 'closed';
      this.say('running');
      this.taken.push(...this.waitingEdits.splice(0));
      this.step++;
      this.known = Math.max(this.known, this.step);
      this.post({ type: 'stepMade', step: this.step });
    }
  }

  private get hasNews(): boolean {
    if (!this.isRunning) return false;
    return this.said !== (this.step >= STEPS ? `ended ${this.step}` : `waiting ${this.step}`);
  }

  private begin({ run, type, step = 0 }: Message): void {
    // What the last run was told and has not taken is void with it.
    Object.assign(this, { run, isRunning: true, wish: undefined, said: '', gate: 'closed', isLost: false });
    this.waitingEdits = [];
    this.step = this.known = type === 'start' ? 0 : Math.min(step, STEPS);
    this.say('starting');
  }

  private recover(): void {
    this.isLost = false;
    this.say('recovering');
    this.say('starting');
    if (this.step < this.known) {
      this.wish ??= this.step;
      return;
    }
    this.step = this.known = Math.max(0, this.step - 2);
    this.post({ type: 'rewound', run: this.run, step: this.step, deviceError: '' });
  }

  private seek(): void {
    this.step = Math.min(this.known, this.wish!);
    this.wish = undefined;
    this.post({ type: 'seeked', run: this.run, step: this.step, milliseconds: 0 });
    this.said = '';
    this.say(this.step === STEPS ? 'ended' : 'waiting');
  }

  private say(status: 'starting' | 'waiting' | 'running' | 'recovering' | 'ended'): void {
    const said = status === 'running' ? status : `${status} ${this.step}`;
    if (said !== this.said) this.post({ type: 'status', run: this.run, status, step: this.step });
    this.said = said;
  }

  private post(report: PhaseReport | StepMade): void {
    this.outbox.push({ run: this.run, report });
  }
}
