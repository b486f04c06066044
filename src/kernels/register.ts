// All kernels of our own, registered once, by a call.
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
