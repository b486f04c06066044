// Advice on how to get a faster device, depending on the one that the page uses.
import type { DeviceInfo } from '../../util/devices.ts';
import type { MessageKey } from '../messages/t.ts';

/**
 * @param device null if no device can train here
 * @param isolated window.crossOriginIsolated; without it WASM has only one thread
 */
export function deviceHint(device: DeviceInfo | null, isolated: boolean): MessageKey {
  switch (device?.name) {
    case 'webgpu':
      return 'desk.device.hint.hardware';
    case 'wasm':
      return isolated ? 'desk.device.hint.threads' : 'desk.device.hint.oneThread';
    case 'software':
      return 'desk.device.hint.software';
    case 'cpu':
      return 'desk.device.hint.cpu';
    case undefined:
      return 'desk.device.hint.recorded';
  }
}
