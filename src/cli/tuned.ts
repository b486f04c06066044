// A device for a long run: the first time on a GPU its fastest kernels are looked for, which is said and can be skipped.
import { startDevice } from '../kernels/backend.ts';
import type { DeviceChoice, DeviceInfo } from '../util/devices.ts';
import { nodeHost } from './node/gpu.ts';
import { say } from './output.ts';

const SAID = 'Finding the fastest kernels for this GPU; Ctrl-C skips it.';
/** A Ctrl-C may arrive twice at once: from the terminal, and passed on by npm. */
const ECHO = 1000; // milliseconds

/** @param tuning false: what was found before is used, but nothing is looked for */
export async function startTuned(choice: DeviceChoice, tuning: boolean): Promise<DeviceInfo> {
  const skip = new AbortController();
  const interrupt = () => skip.abort();
  const onProgress = () => {
    if (process.listeners('SIGINT').includes(interrupt)) return;
    say(SAID);
    process.on('SIGINT', interrupt);
  };
  const measure = tuning ? 'hardware' : 'never';
  try {
    const host = nodeHost(choice === 'software', { measure, signal: skip.signal, onProgress });
    return await startDevice(choice, host);
  } finally {
    setTimeout(() => process.off('SIGINT', interrupt), ECHO).unref();
  }
}
