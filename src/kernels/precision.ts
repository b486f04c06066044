// Precision of the operands of matrix products: float32, or F16 where the device in use supports it.
import * as tf from '@tensorflow/tfjs-core';
import { Failure } from '../util/failure.ts';
import { f16Unsupported } from './capabilities.ts';
import { releaseSaturation } from './saturation.ts';
import { webGpuBackend } from './tfjsBackends.ts';
import { setKernelConfig, kernelConfigFor, type Precision } from './tuning.ts';

/** Why the device in use cannot multiply in F16; undefined when it can. */
export function f16Unavailable(): string | undefined {
  const backend = tf.getBackend();
  if (backend !== 'webgpu') return `only WebGPU has it, and "${backend}" computes`;
  return f16Unsupported(webGpuBackend().device);
}

/**
 * From now on, matrix products on the device in use round their operands to this precision; sums, and everything
 * other than matrix products, stay float32.
 * @throws Failure where the device does not support F16
 */
export function usePrecision(precision: Precision): void {
  if (precision === 'f16') {
    const reason = f16Unavailable();
    if (reason !== undefined)
      throw new Failure(
        `Precision f16 is not available: ${reason}. Use precision f32, or a GPU that offers "shader-f16".`,
      );
  } else if (tf.getBackend() !== 'webgpu') return;
  const backend = webGpuBackend();
  releaseSaturation(backend);
  setKernelConfig(backend, { ...kernelConfigFor(backend), precision });
}
