// All kernels of our own, registered once, by a call.
import { registerDropout } from './dropout.ts';
import { registerSegmentSum } from './segmentSum.ts';

let registered = false;

export function registerKernels(): void {
  if (registered) return;
  registered = true;
  registerDropout();
  registerSegmentSum();
}
