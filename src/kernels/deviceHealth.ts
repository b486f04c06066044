// Health of the WebGPU device in use: WebGPU reports a lost device or a rejected command by events, not by
// exceptions.
import { Failure, messageOf } from '../util/failure.ts';

/** The WebGPU device in use, and what went wrong with it. */
let running: GPUDevice | undefined;
let firstError: string | undefined;
/** Called with what went wrong, once for each device. */
let onFirstError: ((what: string) => void) | undefined;

/**
 * After a lost device or a rejected command tfjs continues with garbage; the first error is recorded here and raised on
 * request.
 */
export function useDevice(device: GPUDevice): void {
  running = device;
  const note = (what: string, error: unknown) => {
    if (device !== running || firstError !== undefined) return;
    firstError = `${what}${firstLine(error)}`;
    onFirstError?.(firstError);
  };
  device.addEventListener('uncapturederror', ({ error }) =>
    note('WebGPU refused a command: ', error.message),
  );
  void device.lost.then(({ reason, message }) => note('The GPU device was lost: ', message || reason));
}

/** Ends the use of the device and returns it: its errors do not apply to the next one. */
export function releaseDevice(): GPUDevice | undefined {
  const device = running;
  running = firstError = undefined;
  return device;
}

/** How long to wait for the report of a lost device: a pending read-back fails before the report arrives. */
const REPORT_DELAY = 500; // milliseconds

/** After an error: what went wrong with the WebGPU device in use, if anything. */
export async function deviceError(): Promise<string | undefined> {
  if (firstError === undefined && running) {
    await Promise.race([running.lost, new Promise((resolve) => setTimeout(resolve, REPORT_DELAY))]);
  }
  return firstError;
}

/** Notifies a host at once when the device in use is lost or rejects work, rather than at the next read-back. */
export function watchDevice(listener: (what: string) => void): void {
  onFirstError = listener;
}

/** Destroys the device in use, as a driver crash would: for tests of recovery. Returns whether there was one. */
export function loseDevice(): boolean {
  running?.destroy();
  return running !== undefined;
}

/** @throws Failure when the device has been lost or has rejected work since it was started */
export function assertDeviceSound(): void {
  if (firstError !== undefined)
    throw new Failure(
      `${firstError}. The last checkpoint is kept; continue with --resume, or with --device wasm.`,
    );
}

/** The first line of an error, without its full stop. */
export function firstLine(error: unknown): string {
  return messageOf(error).split('\n')[0]!.replace(/\.$/, '');
}
