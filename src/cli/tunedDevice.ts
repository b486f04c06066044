// Starts a device for a long run. On first use of a GPU, the fastest kernels are measured; Ctrl-C skips this.
import { startDevice } from '../kernels/backend.ts';
import type { DeviceChoice, DeviceInfo } from '../util/devices.ts';
import { nodeHost } from './node/gpu.ts';
import { DUPLICATE_SIGNAL_MS } from './interrupt.ts';
import { log } from './output.ts';

const TUNING_MESSAGE = 'Finding the fastest kernels for this GPU; Ctrl-C skips it.';
/** @param tuning false: uses earlier measurements, but measures nothing */
export async function startTunedDevice(choice: DeviceChoice, tuning: boolean): Promise<DeviceInfo> {
  const skip = new AbortController();
  const interrupt = () => skip.abort();
  const onProgress = () => {
    if (process.listeners('SIGINT').includes(interrupt)) return;
    log(TUNING_MESSAGE);
    process.on('SIGINT', interrupt);
  };
  const measure = tuning ? 'hardware' : 'never';
  try {
    const host = nodeHost(choice === 'software', { measure, signal: skip.signal, onProgress });
    return await startDevice(choice, host);
  } finally {
    setTimeout(() => process.off('SIGINT', interrupt), DUPLICATE_SIGNAL_MS).unref();
  }
}
