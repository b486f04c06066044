// Do the kernels drift from the compositions they stand for? The same run twice, on the bundled encoder and corpus, once
// with our kernels and once with none of them registered, compared loss by loss.
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { domainFiles, loadGroups, loadPairs, openModel } from '../../src/cli/node/files.ts';
import type { DeviceInfo } from '../../src/util/devices.ts';
import { configSchema } from '../../src/run/config.ts';
import type { RunInputs } from '../../src/trainer/prepare.ts';
import { TrainingSession } from '../../src/trainer/session.ts';

/** No two losses of a run of 200 steps may be further apart. */
export const DRIFT_TARGET = 1e-3;

/** Has no composition of its own: its masks are what must be the same. */
const KEPT = ['SemblanceDropout'];

export interface Drift {
  kernels: string[];
  /** Losses with the kernels, and with the compositions. */
  curves: [number[], number[]];
  /** Largest difference of the two curves, and the step where it is. */
  largest: number;
  at: number;
  /** Difference of the last losses. */
  last: number;
}

/** Takes the kernels away for good: nothing else should be measured in this process afterwards. */
export async function measureDrift(
  device: DeviceInfo,
  steps: number,
  say: (line: string) => void,
): Promise<Drift> {
  const inputs = await bundledRun(device, steps);
  say(`${steps} steps of the bundled encoder: with our kernels`);
  const fused = await curve(inputs, steps, say);
  const kernels = unregisterKernels();
  say(`the same without ${kernels.join(', ') || 'any, since none are registered here'}`);
  return compareCurves(kernels, fused, await curve(inputs, steps, say));
}

/** InfoNCE and HT, dropout on, embeddings trained: every kernel is in it. */
async function bundledRun(device: DeviceInfo, steps: number): Promise<RunInputs> {
  const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
  const setting = { domain: 'scenes', pattern: 'sts_ht' } as const;
  const files = domainFiles(path('public/corpora'), setting);
  return {
    setting,
    config: configSchema.parse({ steps, logEvery: 1, freezeEmbeddings: false }),
    groups: (await loadGroups(files)).groups,
    sts: (await loadPairs(path('public/corpora/sts/dev.tsv'))).pairs,
    model: await openModel(path('models/pocket')),
    device,
    files,
  };
}

export function compareCurves(kernels: string[], fused: number[], composed: number[]): Drift {
  const differences = fused.map((loss, i) => Math.abs(loss - composed[i]!));
  // A loss that is not a number is as far away as can be.
  const ranked = differences.map((difference) => (Number.isNaN(difference) ? Infinity : difference));
  const largest = Math.max(...ranked);
  return {
    kernels,
    curves: [fused, composed],
    largest,
    at: ranked.indexOf(largest) + 1,
    last: ranked.at(-1)!,
  };
}

async function curve(inputs: RunInputs, steps: number, say: (line: string) => void): Promise<number[]> {
  const session = new TrainingSession(inputs);
  const losses: number[] = [];
  while (losses.length < steps) {
    const [event] = await session.update();
    losses.push(event!.loss);
    if (losses.length % 20 === 0) say(`step ${losses.length}: loss ${event!.loss.toFixed(5)}`);
  }
  session.dispose();
  return losses;
}

/** Our kernels of the backend in use, taken away: the compositions compute from now on. */
function unregisterKernels(): string[] {
  const backend = tf.getBackend();
  const names = tf
    .getKernelsForBackend(backend)
    .map(({ kernelName }) => kernelName)
    .filter((name) => name.startsWith('Semblance') && !KEPT.includes(name));
  for (const name of names) tf.unregisterKernel(name, backend);
  return names;
}

export function driftLines({ kernels, curves, largest, at, last }: Drift): string[] {
  const [fused, composed] = curves;
  const every = Math.max(1, Math.ceil(fused.length / 10));
  const shown = fused.map((_, i) => i).filter((i) => (i + 1) % every === 0);
  return [
    `kernels against compositions (${kernels.length === 0 ? 'none of ours is registered on this backend' : kernels.join(', ')})`,
    ...shown.map((i) => `  step ${i + 1}: ${fused[i]!.toFixed(6)}  ${composed[i]!.toFixed(6)}`),
    `largest difference ${largest.toExponential(2)} at step ${at}, at the end ${last.toExponential(2)}: ` +
      (largest <= DRIFT_TARGET ? `within ${DRIFT_TARGET}` : `NOT within ${DRIFT_TARGET}`),
  ];
}
