// What of ours this benchmark did not run, so that a figure is never read as covering it.
import * as tf from '@tensorflow/tfjs-core';
import type { Profile } from './profile.ts';

const BACKENDS = ['webgpu', 'wasm', 'cpu'];

function ourKernels(backend: string): string[] {
  return tf
    .getKernelsForBackend(backend)
    .map(({ kernelName }) => kernelName)
    .filter((name) => name.startsWith('Semblance'))
    .sort();
}

/** @param step the profile of a step of ours */
export function notRun(step: Profile): string[] {
  const here = tf.getBackend();
  const called = new Set(step.kernels.map(({ kernel }) => kernel));
  const idle = ourKernels(here).filter((name) => !called.has(name));
  const lines = idle.length ? [`not called by the profiled step on ${here}: ${idle.join(', ')}`] : [];
  for (const backend of BACKENDS) {
    const kernels = ourKernels(backend);
    if (backend === here || kernels.length === 0) continue;
    lines.push(`not run, since they are for ${backend}: ${kernels.join(', ')}`);
  }
  return lines;
}
