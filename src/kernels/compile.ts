// Compiles kernels before they are needed. Only WebGPU compiles at run time, and a training step has dozens of
// kernels; drivers compile them in parallel and in the background. A software adapter gains nothing: SwiftShader
// compiles one kernel after the other, on the CPU that also waits for it.
import * as tf from '@tensorflow/tfjs-core';
import { compileAhead } from './pipelines.webgpu.ts';
import { webGpuBackend } from './tfjsBackends.ts';
import { kernelConfigFor } from './tuning.ts';

export interface CompileOptions {
  /** Called with the share that is compiled. */
  onProgress?: ((share: number) => void) | undefined;
  /** Compile ahead even where it saves no time. */
  always?: boolean | undefined;
}

/**
 * Compiles the kernels that `work` runs. The work computes nothing: the tensors that it creates hold no values, must
 * not be read back, and must not be written to persistent state. Never fails, as it only saves time.
 */
export async function compileFor(
  work: () => void,
  { onProgress, always = false }: CompileOptions = {},
): Promise<void> {
  if (tf.getBackend() !== 'webgpu') return;
  const backend = webGpuBackend();
  if (kernelConfigFor(backend).software && !always) return;
  try {
    await compileAhead(
      backend,
      () => tf.tidy(work),
      (done, all) => onProgress?.(done / all),
    );
  } catch {
    // A kernel that cannot be compiled ahead is compiled when it is needed, and its error is reported then.
  }
}
