// Timing: contestants take turns, so that whatever else the machine does falls on all of them alike.
import { memory } from '@tensorflow/tfjs-core';
import type { Stepper } from './work.ts';

export interface Timing {
  /** The median of the samples, milliseconds a step. */
  ms: number;
  samples: number[];
  /** Losses of the first steps, all from the same weights on the same rows. */
  losses: number[];
  /** Tensors alive after each sample; the same number every time when nothing leaks. */
  tensors: number[];
}

/** A contestant whose step takes longer than this is sampled twice only. */
const SLOW = 20_000; // milliseconds
/** A sample is as many steps as fit in this: reading the loss back must not be what is timed. */
const SAMPLE = 200; // milliseconds
const MAX_STEPS = 20;
const FIRST_STEPS = 3;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

async function timed(work: () => Promise<number>): Promise<{ ms: number; loss: number }> {
  const started = performance.now();
  const loss = await work();
  return { ms: performance.now() - started, loss };
}

/** The first steps warm up (shaders, buffers) and give the losses; then come `rounds` samples of each. */
export async function takeTurns(
  steppers: readonly Stepper[],
  rounds: number,
  progress: (line: string) => void,
): Promise<Timing[]> {
  const timings = steppers.map((): Timing => ({ ms: 0, samples: [], losses: [], tensors: [] }));
  for (let step = 0; step < FIRST_STEPS; step++) {
    for (const [i, stepper] of steppers.entries()) {
      const { ms, loss } = await timed(() => stepper.run(step, 1));
      timings[i]!.ms = ms;
      timings[i]!.losses.push(loss);
      progress(`${stepper.name}: step ${step + 1}, loss ${loss.toFixed(5)}, ${ms.toFixed(0)} ms`);
    }
  }
  const next = steppers.map(() => FIRST_STEPS);
  const warm = timings.map(({ ms }) => ms);
  for (let round = 0; round < rounds; round++) {
    for (const [i, stepper] of steppers.entries()) {
      if (round >= 2 && warm[i]! > SLOW) continue;
      const timing = timings[i]!;
      const steps = Math.min(MAX_STEPS, Math.max(1, Math.ceil(SAMPLE / warm[i]!)));
      const { ms } = await timed(() => stepper.run(next[i]!, steps));
      next[i]! += steps;
      timing.samples.push(ms / steps);
      timing.tensors.push(memory().numTensors);
      progress(`${stepper.name}: sample ${round + 1}, ${(ms / steps).toFixed(1)} ms a step`);
    }
  }
  for (const timing of timings) timing.ms = median(timing.samples);
  return timings;
}
