// The benchmark: every case of a step, for every contestant, on the device that was started.
import * as tf from '@tensorflow/tfjs';
import { matMulRate } from '../../src/kernels/measure.ts';
import type { DeviceInfo } from '../../src/util/devices.ts';
import { counted, type Counts } from './counts.ts';
import { ours } from './ours.ts';
import { profiled, type Profile } from './profile.ts';
import { takeTurns, type Timing } from './rounds.ts';
import {
  CASES,
  EXTENT,
  SIZES,
  stepFlops,
  type Case,
  type Extent,
  type Size,
  type SizeName,
} from './sizes.ts';
import { vanilla } from './vanilla.ts';
import { makeWork, type Stepper, type Work } from './work.ts';

/** One contestant in one case. */
export interface BenchEntry extends Timing {
  name: string;
  gflops: number;
}

export interface BenchCaseResult {
  kind: Case;
  entries: BenchEntry[];
}

/** What a step of the headline's case asks of the device. */
export interface Demand {
  name: string;
  /** WebGPU only. */
  counts: Counts | undefined;
  profile: Profile;
}

/** The device's own matrix product, GFLOP/s. */
export interface Peak {
  size: number;
  ours: number;
  tfjs: number;
  best: number;
}

export interface BenchOptions {
  rounds: number;
  /** Only the first case. */
  headline: boolean;
  vanilla: boolean;
  /** Seconds that one step of vanilla may take; where it would take longer it is left out. */
  patience: number;
  /** Makes further contestants. */
  others: ((work: Work) => Stepper)[];
  say: (line: string) => void;
}

export interface BenchResult {
  peak: Peak;
  cases: BenchCaseResult[];
  demands: Demand[];
  /** Why a contestant is missing. */
  notes: string[];
}

export async function bench(
  sizeName: SizeName,
  device: DeviceInfo,
  options: BenchOptions,
): Promise<BenchResult> {
  const { say } = options;
  const size = SIZES[sizeName];
  const notes: string[] = [];
  const first = await measurePeak(device);
  say(`matrix product: ours ${first.ours.toFixed(1)}, tf.matMul ${first.tfjs.toFixed(1)} GFLOP/s`);
  const withVanilla = options.vanilla && (await isBearable(size, options, notes));
  const cases: BenchCaseResult[] = [];
  let demands: Demand[] = [];
  for (const kind of options.headline ? CASES.slice(0, 1) : CASES) {
    const work = makeWork(size, EXTENT, kind);
    const steppers = [ours(work), ...(withVanilla ? [vanilla(work)] : [])];
    // Other libraries are measured where they do the same work: masks and frozen tables are ours and vanilla's alone.
    if (cases.length === 0) for (const make of options.others) steppers.push(make(work));
    const timings = await takeTurns(steppers, options.rounds, say);
    cases.push({
      kind,
      entries: timings.map((timing, i) => ({
        name: steppers[i]!.name,
        ...timing,
        gflops: stepFlops(size, EXTENT, steppers[i]!.readsFirst ? 'first' : 'all') / timing.ms / 1e6,
      })),
    });
    if (cases.length === 1) demands = await measureDemands(steppers.slice(0, withVanilla ? 2 : 1), say);
    for (const stepper of steppers) stepper.dispose();
  }
  // Once more: what else the machine did the first time must not make the share of the peak look better.
  return { peak: better(first, await measurePeak(device)), cases, demands, notes };
}

/** A size that keeps the device busy for a fraction of a second. */
const PEAK_SIZE = { webgpu: 4096, wasm: 1024, software: 256, cpu: 256 };

async function measurePeak({ name }: DeviceInfo): Promise<Peak> {
  const size = PEAK_SIZE[name];
  const [own, tfjs] = [await matMulRate(size), await tfjsRate(size)];
  return { size, ours: own, tfjs, best: Math.max(own, tfjs) };
}

function better(a: Peak, b: Peak): Peak {
  const rates = { ours: Math.max(a.ours, b.ours), tfjs: Math.max(a.tfjs, b.tfjs) };
  return { size: a.size, ...rates, best: Math.max(rates.ours, rates.tfjs) };
}

/** As matMulRate(), for tf.matMul. */
async function tfjsRate(size: number, budget = 1500): Promise<number> {
  const [a, b] = [tf.fill([size, size], 1 / size), tf.fill([size, size], 1)] as [tf.Tensor2D, tf.Tensor2D];
  let best = Infinity;
  const started = performance.now();
  for (let run = 0; run < 2 || (run < 20 && performance.now() - started < budget); run++) {
    const from = performance.now();
    const corner = tf.tidy(() => tf.slice(tf.matMul(a, b), [0, 0], [1, 1]));
    await corner.data();
    corner.dispose();
    if (run > 0) best = Math.min(best, performance.now() - from);
  }
  tf.dispose([a, b]);
  return (2 * size ** 3) / best / 1e6;
}

const SMALL: Size = { ...SIZES.pocket, layers: 1 };
const FEW: Extent = { pairs: 8, length: 32 };

/** Would a step of vanilla end in time? Judged by a small one; a note says so when it would not. */
async function isBearable(size: Size, { patience, say }: BenchOptions, notes: string[]): Promise<boolean> {
  const small = vanilla(makeWork(SMALL, FEW, CASES[0]!));
  await small.run(0, 1);
  const started = performance.now();
  await small.run(1, 1);
  const rate = stepFlops(SMALL, FEW) / (performance.now() - started);
  small.dispose();
  const seconds = stepFlops(size, EXTENT) / rate / 1000;
  if (seconds <= patience) return true;
  notes.push(
    `vanilla tfjs was left out: one step would take about ${seconds.toFixed(0)} s (--patience ${patience}).`,
  );
  say(notes.at(-1)!);
  return false;
}

async function measureDemands(steppers: Stepper[], say: (line: string) => void): Promise<Demand[]> {
  const demands: Demand[] = [];
  const { device } = tf.backend() as { device?: GPUDevice };
  for (const [i, stepper] of steppers.entries()) {
    say(`${stepper.name}: counting and profiling one step`);
    const counts = device && (await counted(device, () => stepper.run(1000 + i, 1)));
    const profile = await profiled(() => stepper.run(2000 + i, 1));
    demands.push({ name: stepper.name, counts, profile });
  }
  return demands;
}
