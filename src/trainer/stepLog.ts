// Creates the step events of a run: reads losses and gradient norms back from the device. A read-back waits for all
// queued work and then leaves the device idle, so steps that are shorter than a displayed frame are read back together.
// Every logged step still gets its own event, in order, with its own numbers.
import * as tf from '@tensorflow/tfjs-core';
import { assertDeviceSound } from '../kernels/deviceHealth.ts';
import { readBack } from '../kernels/readBack.ts';
import { saturatedEntries, takeSaturation } from '../kernels/saturation.ts';
import type { StepEvent } from '../run/events.ts';
import type { DeviceInfo } from '../util/devices.ts';
import { SaturationNotes } from './saturationNotes.ts';
import {
  readTogether,
  stackScalars,
  type Scalars,
  type StackedScalars,
  type StepNumbers,
} from './scalars.ts';
import type { TrainerState } from './snapshot.ts';
import type { StepGradient } from './step.ts';

/** Duration of a displayed frame in milliseconds; more frequent updates are not visible. */
export const FRAME_MS = 16;

/** Steps within this many milliseconds are read back together on a device; on the CPU a read-back costs nothing. */
export function readbackInterval({ name }: Pick<DeviceInfo, 'name'>): number {
  return name === 'webgpu' || name === 'software' ? FRAME_MS : 0;
}

/** The fields of a step event that are known without reading from the device. */
export type StepFacts = Omit<StepEvent, keyof Scalars | 'tokens' | 'milliseconds'>;

export interface QueuedStep {
  facts: StepFacts;
  gradient: StepGradient;
  norm: tf.Scalar;
  /** Throws when the numbers are not finite. */
  check: (scalars: Scalars) => void;
  /** A replayed step has no event. */
  replayed: boolean;
}

interface PendingStep extends Omit<QueuedStep, 'gradient' | 'norm'> {
  stacked: StackedScalars;
  /** Number of steps since the previous logged step, including this one. */
  steps: number;
  tokens: number;
}

const NOTHING: TrainerState['spent'] = { steps: 0, tokens: 0, milliseconds: 0 };

export class StepLog {
  lastLoss: number | null = null;
  /** Steps, tokens and time since the last logged step. */
  spent: TrainerState['spent'] = { ...NOTHING };
  private unread: PendingStep[] = [];
  /** Steps that have been read back, but whose events have not been taken yet. */
  private unreported: (PendingStep & { scalars: StepNumbers })[] = [];
  /** Notes on saturated entries, if products are in F16. */
  readonly saturation = new SaturationNotes();
  /** Milliseconds per step, as of the last read-back. */
  private msPerStep = Infinity;
  private timerStart = 0;

  /**
   * @param readbackInterval steps within this many milliseconds are read back together; 0: each logged step is read
   * back before its update
   */
  constructor(private readonly readbackInterval: number) {}

  /** Starts measuring the time of steps. */
  startTimer(): void {
    this.timerStart = performance.now();
  }

  /** Adds the time since startTimer() or the last lap(). */
  lap(): void {
    const now = performance.now();
    this.spent.milliseconds += now - this.timerStart;
    this.timerStart = now;
  }

  /** Adds a step that has been queued on the device. @param logged its numbers, if the step is logged */
  enqueue(tokens: number, logged: QueuedStep | undefined): void {
    this.spent.steps++;
    this.spent.tokens += tokens;
    if (!logged) return;
    const { gradient, norm, ...step } = logged;
    const { steps, tokens: since } = this.spent;
    this.unread.push({ ...step, stacked: stackScalars(gradient, norm), steps, tokens: since });
    this.spent = { ...NOTHING, milliseconds: this.spent.milliseconds };
  }

  get hasUnread(): boolean {
    return this.unread.length > 0;
  }

  /** Should the unread steps be read back now? */
  isDue(): boolean {
    if (!this.hasUnread) return false;
    this.lap();
    return (
      this.spent.milliseconds >= this.readbackInterval ||
      (this.queued + 1) * this.msPerStep > this.readbackInterval
    );
  }

  /** Number of steps queued on the device since the last read-back. */
  private get queued(): number {
    return this.unread.reduce((total, { steps }) => total + steps, this.spent.steps);
  }

  /** Reads back all unread steps at once. @throws Failure for the first step whose numbers are not finite */
  async read(): Promise<void> {
    const steps = this.unread.splice(0);
    if (steps.length === 0) return;
    const scalars = await readTogether(steps.map(({ stacked }) => stacked));
    assertDeviceSound();
    steps.forEach((step, i) => {
      step.check(scalars[i]!);
      this.lastLoss = scalars[i]!.loss;
      if (!step.replayed) this.saturation.add(step.facts.step, scalars[i]!.saturated);
      this.unreported.push({ ...step, scalars: scalars[i]! });
    });
  }

  /** Counts the saturated entries of what was computed besides steps. */
  async readSaturation(step: number): Promise<void> {
    const count = takeSaturation();
    if (!count) return;
    this.saturation.add(step, saturatedEntries((await readBack(count))[0]!));
    count.dispose();
  }

  /** Takes the events of the steps that have been read back so far. */
  takeEvents(): StepEvent[] {
    const unreported = this.unreported.splice(0);
    if (unreported.length === 0) return [];
    // A read-back waits for all steps queued since the last one, so each of them gets the mean time.
    const queued = this.queued;
    this.msPerStep = this.spent.milliseconds / unreported.reduce((total, { steps }) => total + steps, queued);
    this.spent.milliseconds = this.msPerStep * queued;
    return unreported
      .filter(({ replayed }) => !replayed)
      .map(({ facts, scalars, tokens, steps }) => {
        const { type, step, learningRate, plain, generated } = facts;
        const sizes = { plain, generated, tokens: Math.round(tokens / steps) };
        const { saturated: _, ...numbers } = scalars;
        return { type, step, ...numbers, learningRate, ...sizes, milliseconds: this.msPerStep };
      });
  }

  /** Continues from an earlier state of a run. */
  reset({ spent, lastLoss }: Pick<TrainerState, 'spent' | 'lastLoss'>): void {
    this.discard();
    this.unreported = [];
    this.spent = { ...spent };
    this.lastLoss = lastLoss;
  }

  /** Discards the unread steps. */
  discard(): void {
    for (const { stacked } of this.unread.splice(0)) stacked.numbers.dispose();
  }
}
