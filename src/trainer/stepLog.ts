// What is said of the steps of a run: their losses and gradient norms, read back from the device. A read-back waits for
// all that was queued before it and then leaves the device idle, so steps that are shorter than a displayed frame are
// read together. Every logged step gets its event, in order, with its own numbers.
import * as tf from '@tensorflow/tfjs-core';
import { assertDeviceSound } from '../kernels/deviceHealth.ts';
import type { StepEvent } from '../run/events.ts';
import type { DeviceInfo } from '../util/devices.ts';
import { readTogether, stackScalars, type Scalars, type StackedScalars } from './scalars.ts';
import type { RunCursor } from './snapshot.ts';
import type { StepGradient } from './step.ts';

/** Milliseconds of a displayed frame: nobody sees more often. */
export const FRAME = 16;

/** Milliseconds of steps that are read together on a device; where the processor computes, reading costs nothing. */
export function readingFrame({ name }: Pick<DeviceInfo, 'name'>): number {
  return name === 'webgpu' || name === 'software' ? FRAME : 0;
}

/** What the host knows of a step without asking the device. */
export type StepFacts = Omit<StepEvent, keyof Scalars | 'tokens' | 'milliseconds'>;

export interface LoggedStep {
  facts: StepFacts;
  gradient: StepGradient;
  norm: tf.Scalar;
  /** Throws when the numbers are not finite. */
  check: (scalars: Scalars) => void;
  /** Made before: there is nothing new to say. */
  silent: boolean;
}

interface Unread extends Omit<LoggedStep, 'gradient' | 'norm'> {
  stacked: StackedScalars;
  /** Since the logged step before, with this one. */
  steps: number;
  tokens: number;
}

const NOTHING: RunCursor['spent'] = { steps: 0, tokens: 0, milliseconds: 0 };

export class StepLog {
  lastLoss: number | null = null;
  /** Since the last logged step. */
  spent: RunCursor['spent'] = { ...NOTHING };
  private unread: Unread[] = [];
  /** Read, and not taken yet. */
  private arrived: (Unread & { scalars: Scalars })[] = [];
  /** Milliseconds a step took when last read. */
  private pace = Infinity;
  private mark = 0;

  /** @param frame milliseconds of steps that may be read together; 0: each logged step is read before its update */
  constructor(private readonly frame: number) {}

  /** The time from now on is that of steps. */
  begin(): void {
    this.mark = performance.now();
  }

  /** Notes the time since then. */
  lap(): void {
    const now = performance.now();
    this.spent.milliseconds += now - this.mark;
    this.mark = now;
  }

  /** A step is queued. @param logged its numbers, if they are to be told */
  note(tokens: number, logged: LoggedStep | undefined): void {
    this.spent.steps++;
    this.spent.tokens += tokens;
    if (!logged) return;
    const { gradient, norm, ...step } = logged;
    const { steps, tokens: since } = this.spent;
    this.unread.push({ ...step, stacked: stackScalars(gradient, norm), steps, tokens: since });
    this.spent = { ...NOTHING, milliseconds: this.spent.milliseconds };
  }

  get isUnread(): boolean {
    return this.unread.length > 0;
  }

  /** Shall what is unread be read now? */
  isDue(): boolean {
    if (!this.isUnread) return false;
    this.lap();
    return this.spent.milliseconds >= this.frame || (this.queued + 1) * this.pace > this.frame;
  }

  /** Steps that the device has been given since the last read-back. */
  private get queued(): number {
    return this.unread.reduce((total, { steps }) => total + steps, this.spent.steps);
  }

  /** Reads what is unread, at once. @throws Failure for the first step whose numbers are not finite */
  async read(): Promise<void> {
    const steps = this.unread.splice(0);
    if (steps.length === 0) return;
    const scalars = await readTogether(steps.map(({ stacked }) => stacked));
    assertDeviceSound();
    steps.forEach((step, i) => {
      step.check(scalars[i]!);
      this.lastLoss = scalars[i]!.loss;
      this.arrived.push({ ...step, scalars: scalars[i]! });
    });
  }

  /** Takes the events that are known by now. */
  take(): StepEvent[] {
    const arrived = this.arrived.splice(0);
    if (arrived.length === 0) return [];
    // A read-back waits for all the steps queued since the last one: their time is their mean.
    const queued = this.queued;
    this.pace = this.spent.milliseconds / arrived.reduce((total, { steps }) => total + steps, queued);
    this.spent.milliseconds = this.pace * queued;
    return arrived
      .filter(({ silent }) => !silent)
      .map(({ facts, scalars, tokens, steps }) => {
        const { type, step, learningRate, plain, generated } = facts;
        const sizes = { plain, generated, tokens: Math.round(tokens / steps) };
        return { type, step, ...scalars, learningRate, ...sizes, milliseconds: this.pace };
      });
  }

  /** Goes to where a run stood. */
  moveTo({ spent, lastLoss }: Pick<RunCursor, 'spent' | 'lastLoss'>): void {
    this.drop();
    this.arrived = [];
    this.spent = { ...spent };
    this.lastLoss = lastLoss;
  }

  /** Nobody will ask for what is unread. */
  drop(): void {
    for (const { stacked } of this.unread.splice(0)) stacked.numbers.dispose();
  }
}
