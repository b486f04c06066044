// `npm run bench`: a training step of ours against vanilla TensorFlow.js, in one process on one adapter.
import * as tf from '@tensorflow/tfjs-core';
import { Command, Option } from 'commander';
import colors from 'picocolors';
import { log } from '../../src/cli/output.ts';
import { deviceOption, jsonOption, wholeNumber } from '../../src/cli/options.ts';
import { nodeHost } from '../../src/cli/node/gpu.ts';
import { startDevice } from '../../src/kernels/backend.ts';
import type { DeviceChoice, DeviceInfo } from '../../src/util/devices.ts';
import { usePrecision } from '../../src/kernels/precision.ts';
import type { Precision } from '../../src/kernels/tuning.ts';
import { Failure, messageOf } from '../../src/util/failure.ts';
import { bench } from './bench.ts';
import { DRIFT_TARGET, driftLines, measureDrift } from './drift.ts';
import { lentKernels, registeredKernels } from './fairness.ts';
import { growthLines, measureGrowth } from './growth.ts';
import { findJax, jaxStepper } from './jax.ts';
import { notRun } from './notRun.ts';
import { benchJson, benchLines } from './report.ts';
import { SIZE_NAMES, type SizeName } from './sizes.ts';
import type { Work } from './work.ts';

interface Options {
  device: DeviceChoice;
  size: SizeName;
  json?: true;
  precision: Precision;
  rounds: number;
  headline?: true;
  vanilla: boolean;
  patience: number;
  jax?: string | true;
  jaxThreads?: true;
  growth?: number | true;
  drift?: number | true;
}

const GROWTH_BUDGET = 180; // seconds
const DRIFT_STEPS = 200;

const program = new Command('bench')
  .description(
    'Times a training step (32 pairs of 32 tokens, float32, InfoNCE, Adam) of this project and of vanilla TensorFlow.js.',
  )
  .addOption(deviceOption())
  .addOption(new Option('--size <name>', 'encoder').choices(SIZE_NAMES).default('pocket'))
  .addOption(
    new Option('--precision <name>', 'what our products round their operands to')
      .choices(['f32', 'f16'])
      .default('f32'),
  )
  .option('--rounds <n>', 'samples of each contestant', wholeNumber(1), 5)
  .option('--headline', 'dropout off and embeddings trained only, instead of all four cases')
  .option('--no-vanilla', 'leave vanilla TensorFlow.js out')
  .option('--patience <seconds>', 'leave it out where one of its steps takes longer', wholeNumber(1), 180)
  .option('--jax [folder]', 'measure jax-js too, as installed in a folder, or here')
  .option('--jax-threads', 'give jax-js threads')
  .option(
    '--growth [seconds]',
    `instead: how time grows with batch, length and layers, within seconds (default ${GROWTH_BUDGET})`,
    wholeNumber(1),
  )
  .option(
    '--drift [steps]',
    `instead: losses of the bundled encoder with our kernels against the compositions (default ${DRIFT_STEPS} steps)`,
    wholeNumber(1),
  )
  .addOption(jsonOption())
  .action(run);

const progress = (line: string) => log(colors.dim(line));

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

async function run(options: Options): Promise<void> {
  const before = registeredKernels();
  const device = await startDevice(options.device, nodeHost(options.device === 'software'));
  progress(`device: ${device.name} (${device.detail})`);
  usePrecision(options.precision);
  if (options.drift !== undefined) return drift(options, device, options.drift);
  if (options.growth !== undefined) return growth(options, options.growth);

  const notes = lentKernels(before, tf.getBackend());
  const result = await bench(options.size, device, {
    rounds: options.rounds,
    headline: options.headline === true,
    vanilla: options.vanilla,
    patience: options.patience,
    others: await others(options, device, notes),
    say: progress,
  });
  result.notes.unshift(...notes);
  result.notes.push(...notRun(result.demands[0]!.profile));
  print(benchLines(options.size, device, result));
  if (options.json) print([JSON.stringify(benchJson(options.size, device, result))]);
}

/** Peers that are installed; of the others a note. */
async function others(options: Options, { name }: DeviceInfo, notes: string[]) {
  const jax = await findJax({
    folder: typeof options.jax === 'string' ? options.jax : undefined,
    device: name === 'wasm' || name === 'cpu' ? 'wasm' : 'webgpu',
    threads: options.jaxThreads === true,
  });
  if (typeof jax !== 'string') return [(work: Work) => jaxStepper(jax, work)];
  notes.push(jax);
  return [];
}

async function growth({ size, json }: Options, budget: number | true): Promise<void> {
  const rows = await measureGrowth(size, budget === true ? GROWTH_BUDGET : budget, progress);
  print(growthLines(size, rows));
  if (json) print([JSON.stringify({ size, rows })]);
}

async function drift({ json }: Options, device: DeviceInfo, steps: number | true): Promise<void> {
  const found = await measureDrift(device, steps === true ? DRIFT_STEPS : steps, progress);
  print(driftLines(found));
  if (found.largest > DRIFT_TARGET) process.exitCode = 1;
  if (json) print([JSON.stringify({ device: device.name, adapter: device.detail, ...found })]);
}

/** Leaves once all is written; Dawn and the WASM runtime would keep the process alive. */
function leave(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

try {
  await program.parseAsync();
  leave(Number(process.exitCode ?? 0));
} catch (error) {
  log(
    `${colors.red('error:')} ${error instanceof Failure ? messageOf(error) : String((error as Error).stack)}`,
  );
  leave(1);
}
