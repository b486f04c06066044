// Which of the bundled encoders suits a device: predicted from the measured time of one forward pass.
import { DEFAULT_ENCODER, ENCODERS, type EncoderName } from '../../run/encoders.ts';
import { PAGE_KNOBS } from '../../run/pageDefaults.ts';
import type { DeviceName } from '../../util/devices.ts';

/** The longest the page's default run may take with an encoder that the page chooses by itself, in seconds. */
export const LONGEST_RUN = 30;

/**
 * A step of the default run, with its share of the evaluations, in forward passes of forwardTime.ts. Measured on WASM;
 * to be measured again when batches or evaluations of the page's defaults change.
 */
const PASSES_PER_STEP = 13;

/** Devices that compute on the processor without WASM: too slow for anything but the default encoder. */
const EMULATED: readonly DeviceName[] = ['software', 'cpu'];

/** What the page says about its choice. */
export type EncoderDecision =
  /** The device has not been measured yet. */
  | { kind: 'unknown' }
  | { kind: 'emulated'; larger: EncoderName }
  /** `larger`: the encoder that the prediction is about, chosen or not. */
  | { kind: 'slow' | 'coming' | 'fast'; larger: EncoderName; seconds: number; device: DeviceName }
  /** The visitor had begun before the larger encoder was ready. */
  | { kind: 'begun'; larger: EncoderName }
  | { kind: 'failed'; larger: EncoderName; why: string }
  | { kind: 'unmeasured'; why: string }
  /** A run of an earlier visit goes on with its encoder. */
  | { kind: 'continued' };

/** Whether the device has to be measured for the decision. */
export const needsMeasuring = (device: DeviceName): boolean => !EMULATED.includes(device);

/** Seconds of the page's default run with an encoder. @param milliseconds of a forward pass of the default encoder */
export function predictedSeconds(milliseconds: number, encoder: EncoderName): number {
  return (milliseconds * PASSES_PER_STEP * PAGE_KNOBS.steps * ENCODERS[encoder].cost) / 1000;
}

/**
 * The largest encoder that is fast enough: `coming`, to be loaded in place of the default one; otherwise the reason for
 * keeping that one.
 * @param milliseconds of a forward pass of the default encoder; not read on an emulated device
 * @param larger the other encoders that the page offers, at least one
 */
export function decideEncoder(
  milliseconds: number,
  device: DeviceName,
  larger: readonly EncoderName[],
): EncoderDecision {
  const bySpeed = larger.toSorted((a, b) => ENCODERS[a].cost - ENCODERS[b].cost);
  const fits = (name: EncoderName) => predictedSeconds(milliseconds, name) <= LONGEST_RUN;
  const [fastest = DEFAULT_ENCODER] = bySpeed;
  if (!needsMeasuring(device)) return { kind: 'emulated', larger: fastest };
  const chosen = bySpeed.findLast(fits);
  const about = chosen ?? fastest;
  const seconds = predictedSeconds(milliseconds, about);
  return { kind: chosen === undefined ? 'slow' : 'coming', larger: about, seconds, device };
}
