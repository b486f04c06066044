// The main button says what pressing it will do; the counter beside it must not move it.
import { describe, expect, it } from 'vitest';
import {
  canReset,
  canStep,
  mainButton,
  paddedStep,
  progressShare,
  rateText,
  timeLeftText,
  type TransportFacts,
} from '../../../src/app/desk/transportDisplay.ts';
import { t } from '../../../src/app/messages/t.ts';

const face = (facts: Partial<TransportFacts>) => {
  const button = mainButton({ status: 'ready', step: 0, restartNeeded: false, asked: false, ...facts });
  return { words: button.words && t(button.words), act: button.act, disabled: button.disabled };
};

describe('the main button', () => {
  it.each(['loading', 'ready'] as const)('says Train before the first run (%s)', (status) => {
    expect(face({ status })).toEqual({ words: 'Train', act: 'play', disabled: false });
  });

  it('pauses while training and goes on when paused', () => {
    expect(face({ status: 'running', step: 5 })).toEqual({ words: null, act: 'pause', disabled: false });
    expect(face({ status: 'paused', step: 5 })).toEqual({ words: null, act: 'play', disabled: false });
  });

  it('asks for a restart when a cold knob was turned, whatever the run does', () => {
    for (const status of ['running', 'paused', 'finished'] as const) {
      expect(face({ status, step: 5, restartNeeded: true })).toMatchObject({
        words: 'Restart to apply',
        act: 'play',
      });
    }
  });

  it('does not ask to restart what was never started', () => {
    expect(face({ status: 'ready', restartNeeded: true }).words).toBe('Train');
  });

  it('can take back a Train that still waits for the encoder', () => {
    expect(face({ status: 'loading', asked: true })).toMatchObject({ act: 'pause', disabled: false });
  });

  it('waits while the device is being re-created', () => {
    expect(face({ status: 'recovering', step: 5, restartNeeded: true })).toMatchObject({ disabled: true });
  });

  it('offers to begin again after the end and after a failure', () => {
    expect(face({ status: 'finished', step: 120 }).words).toBe('Train again');
    expect(face({ status: 'failed', step: 3 }).words).toBe('Try again');
  });
});

describe('step and reset', () => {
  it('are offered where they do something', () => {
    expect([canStep('ready'), canStep('paused'), canStep('running'), canStep('finished')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([canReset('ready'), canReset('running'), canReset('loading')]).toEqual([false, true, false]);
  });
});

describe('the readings', () => {
  it('the counter keeps its width through a run', () => {
    const widths = [0, 9, 99, 100, 1200].map((step) => paddedStep(step, 1200).length);
    expect(new Set(widths)).toEqual(new Set([4]));
    expect(paddedStep(12, 20)).toBe('012');
  });

  it('progress of a run without steps is none, and never above one', () => {
    expect([progressShare(3, 0), progressShare(60, 120), progressShare(130, 120)]).toEqual([0, 0.5, 1]);
  });

  it('time left is read at a glance', () => {
    expect([0.2, 59, 60, 125, 7260].map(timeLeftText)).toEqual([
      '1 s left',
      '59 s left',
      '1 min 0 s left',
      '2 min 5 s left',
      '2 h 1 min left',
    ]);
    expect([null, Infinity, NaN].map(timeLeftText)).toEqual(['', '', '']);
  });

  it('speed is shown as measured, and not at all before it is', () => {
    expect([3.456, 12, 0.04].map(rateText)).toEqual(['3.5 steps/s', '12.0 steps/s', '0.04 steps/s']);
    expect(rateText(null)).toBe('– steps/s');
  });
});
