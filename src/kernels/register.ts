// Registers all of our own kernels; repeated calls do nothing.
import { registerDropout } from './dropout/dropout.ts';
import { registerPlainDropoutOnWasm } from './dropout/dropout.wasm.ts';
import { registerSegmentSum } from './segmentSum/segmentSum.ts';
import { registerWebGpuKernels } from './registerWebGpu.ts';

let registered = false;

export function registerKernels(): void {
  if (registered) return;
  registered = true;
  registerDropout();
  registerPlainDropoutOnWasm();
  registerSegmentSum();
  registerWebGpuKernels();
}
