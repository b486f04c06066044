// Where a step's time goes, kernel by kernel: timestamp queries on WebGPU, the clock around each kernel elsewhere.
import * as tf from '@tensorflow/tfjs-core';

export interface KernelTime {
  kernel: string;
  calls: number;
  /** Summed over the calls; 0 where the adapter has no timestamps. */
  ms: number;
}

/** tfjs's name for the forward pass of a custom gradient: its kernels are listed themselves. */
const SCOPE = 'unnamed scope';

export interface Profile {
  kernels: KernelTime[];
  calls: number;
  /** Most bytes of tensors alive at a time during the step, weights and moments included. */
  peakBytes: number;
}

/** @param step one training step, not the first one */
export async function profiled(step: () => Promise<unknown>): Promise<Profile> {
  const { kernels, peakBytes } = await tf.profile(async () => {
    await step();
    return [];
  });
  const times = new Map<string, KernelTime>();
  const own = kernels.filter(({ name }) => name !== SCOPE);
  for (const { name, kernelTimeMs } of own) {
    const entry = times.get(name) ?? { kernel: name, calls: 0, ms: 0 };
    entry.calls++;
    if (typeof kernelTimeMs === 'number') entry.ms += kernelTimeMs;
    times.set(name, entry);
  }
  return {
    kernels: [...times.values()].sort((a, b) => b.ms - a.ms),
    calls: own.length,
    peakBytes,
  };
}
