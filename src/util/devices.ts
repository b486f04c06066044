// The devices that training can run on. This is the only list of their names; the kernels, the run record, the worker
// protocol, the page and the command line all use it.

/** A hardware GPU, WebAssembly, a software (CPU) WebGPU adapter, plain JavaScript. */
export const DEVICE_NAMES = ['webgpu', 'wasm', 'software', 'cpu'] as const;
export type DeviceName = (typeof DEVICE_NAMES)[number];

/** The devices a user can request: `auto` uses a hardware GPU if there is one, otherwise WebAssembly. */
export const DEVICE_CHOICES = ['auto', ...DEVICE_NAMES] as const;
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];

/** A device that has been started. */
export interface DeviceInfo {
  name: DeviceName;
  /** Name of the adapter or processor, as far as it is known. */
  detail: string;
  /** Why this one was chosen. */
  reason: string;
}
