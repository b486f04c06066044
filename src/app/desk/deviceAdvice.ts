// What a visitor can switch on to get a faster device, by the rung the page stands on.
import type { DeviceInfo } from '../../util/devices.ts';
import type { MessageKey } from '../messages/t.ts';

/**
 * @param device null: nothing can train here
 * @param isolated window.crossOriginIsolated: without it WASM has one thread
 */
export function deviceAdvice(device: DeviceInfo | null, isolated: boolean): MessageKey {
  switch (device?.name) {
    case 'webgpu':
      return 'desk.device.advice.hardware';
    case 'wasm':
      return isolated ? 'desk.device.advice.threads' : 'desk.device.advice.oneThread';
    case 'software':
      return 'desk.device.advice.software';
    case 'cpu':
      return 'desk.device.advice.cpu';
    case undefined:
      return 'desk.device.advice.recorded';
  }
}
