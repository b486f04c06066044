// The devices a training can run on: the one list of their names, for the kernels that start them, the record of a
// run, the worker's protocol, the page and the command line.

/** A hardware GPU, WebAssembly, a software (CPU) WebGPU adapter, plain JavaScript. */
export const DEVICE_NAMES = ['webgpu', 'wasm', 'software', 'cpu'] as const;
export type DeviceName = (typeof DEVICE_NAMES)[number];

/** What can be asked for: `auto` takes a hardware GPU when there is one, else WebAssembly. */
export const DEVICE_CHOICES = ['auto', ...DEVICE_NAMES] as const;
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];

/** A device that was started. */
export interface DeviceInfo {
  name: DeviceName;
  /** Adapter or processor, as far as it is known. */
  detail: string;
  /** Why this one was chosen. */
  reason: string;
}
