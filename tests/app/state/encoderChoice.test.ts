// Which encoder the page chooses for a device: a table, and the sentence that says so.
import { describe, expect, it } from 'vitest';
import { decisionText, encoderOptions } from '../../../src/app/desk/settingChoice.ts';
import {
  decideEncoder,
  LONGEST_RUN,
  predictedSeconds,
  type EncoderDecision,
} from '../../../src/app/state/encoderChoice.ts';
import { ENCODERS } from '../../../src/run/encoders.ts';
import type { DeviceName } from '../../../src/util/devices.ts';

/** The pass after which mini would take exactly as long as it may. */
const LIMIT = LONGEST_RUN / predictedSeconds(1, 'mini');

describe('the decision', () => {
  it.each<[DeviceName, number, EncoderDecision['kind']]>([
    ['webgpu', 0.1, 'coming'],
    ['webgpu', 0.999 * LIMIT, 'coming'],
    ['webgpu', 1.001 * LIMIT, 'slow'],
    ['wasm', 0.999 * LIMIT, 'coming'],
    ['wasm', 1.001 * LIMIT, 'slow'],
    ['wasm', 1e6, 'slow'],
    // Not measured, so that a time means nothing.
    ['software', 0, 'emulated'],
    ['software', 0.1, 'emulated'],
    ['cpu', 0.1, 'emulated'],
  ])('on %s with a pass of %f ms is "%s"', (device, milliseconds, kind) => {
    expect(decideEncoder(milliseconds, device, ['mini'])).toMatchObject({ kind, larger: 'mini' });
  });

  it('predicts what was measured: two busy cores, 34 ms a pass, 55 s with pocket and 318 s with mini', () => {
    expect(predictedSeconds(34, 'pocket') / 55).toBeCloseTo(1, 1);
    expect(predictedSeconds(34, 'mini') / 318).toBeCloseTo(1, 1);
  });

  it('grows with the pass and with the cost of the encoder alone', () => {
    expect(predictedSeconds(2, 'mini')).toBeCloseTo(2 * predictedSeconds(1, 'mini'));
    expect(predictedSeconds(1, 'mini')).toBeCloseTo(ENCODERS.mini.cost * predictedSeconds(1, 'pocket'));
  });
});

describe('the sentence', () => {
  const about = { larger: 'mini', device: 'wasm' } as const;
  it.each<[EncoderDecision, string]>([
    [{ kind: 'unknown' }, 'pocket, until this device has been measured.'],
    [
      { ...about, kind: 'slow', seconds: 69.6 },
      'pocket: the default run would take about 70 s with mini on this CPU.',
    ],
    [
      { ...about, kind: 'slow', seconds: 397 },
      'pocket: the default run would take about 7 min with mini on this CPU.',
    ],
    [
      { kind: 'coming', larger: 'mini', device: 'webgpu', seconds: 9.2 },
      'pocket, until mini (10.7 MB) has loaded: the default run takes about 9 s with it on this GPU.',
    ],
    [
      { kind: 'fast', larger: 'mini', device: 'webgpu', seconds: 0.2 },
      'mini: the default run takes about 1 s with it on this GPU.',
    ],
    [{ kind: 'emulated', larger: 'mini' }, 'pocket: this device is too slow for mini.'],
    [
      { kind: 'begun', larger: 'mini' },
      'pocket: you had begun before mini was ready. Choose it here to start again with it.',
    ],
    [
      {
        kind: 'failed',
        larger: 'mini',
        why: 'mini/config.json could not be fetched (offline); press Retry.',
      },
      'pocket: mini could not be loaded (mini/config.json could not be fetched (offline)).',
    ],
    [
      { kind: 'unmeasured', why: 'The trainer was stopped.' },
      'pocket: this device could not be measured (The trainer was stopped).',
    ],
    [{ kind: 'continued' }, 'mini: the run that continues here was trained with it.'],
  ])('of %j', (decision, text) => {
    expect(decisionText(decision, 'mini')).toBe(text);
  });

  it('of an encoder by name states its size and what it costs', () => {
    expect(encoderOptions(['pocket', 'mini'], 'pocket', { kind: 'unknown' })).toEqual([
      { id: 'auto', label: 'automatic: pocket', help: 'pocket, until this device has been measured.' },
      { id: 'pocket', label: 'pocket', help: '2 layers of 128 units, 3.0 MB; the page starts with it.' },
      {
        id: 'mini',
        label: 'mini',
        help: '4 layers of 256 units, 10.7 MB; a step takes about 6 times as long as with pocket.',
      },
    ]);
  });
});
