// What the transport shows: the state of its main button, and its numbers as text of constant width.
import type { TrainingStatus } from '../live/phase.ts';
import type { MessageKey } from '../messages/t.ts';
import { t } from '../messages/t.ts';

/** 'max', or a limit in steps per second. */
export type Speed = 'max' | number;

export const SPEEDS: readonly Speed[] = ['max', 8, 4, 2, 1, 0.5];

export interface MainButton {
  /** Text on the button; null: the round button shows an icon. */
  words: MessageKey | null;
  /** Accessible label and tooltip. */
  labelKey: MessageKey;
  icon: 'play' | 'pause' | 'restart';
  act: 'play' | 'pause';
  disabled: boolean;
}

export interface TransportFacts {
  status: TrainingStatus;
  step: number;
  restartNeeded: boolean;
  /** The visitor has pressed the button, and the training has not responded yet. */
  asked: boolean;
}

export function mainButton({ status, step, restartNeeded, asked }: TransportFacts): MainButton {
  const words = (labelKey: MessageKey, icon: MainButton['icon'] = 'play'): MainButton => ({
    words: labelKey,
    labelKey,
    icon,
    act: 'play',
    disabled: false,
  });
  // Train can be pressed, and cancelled, while the encoder is still loading.
  if (asked) return { ...words('desk.transport.starting'), act: 'pause' };
  if (status === 'loading' || (status === 'ready' && step === 0)) {
    return words('desk.transport.train');
  }
  if (restartNeeded && status !== 'recovering') return words('desk.transport.restart', 'restart');
  switch (status) {
    case 'finished':
      return words('desk.transport.again', 'restart');
    case 'failed':
      return words('desk.transport.retry', 'restart');
    case 'running':
    case 'recovering':
      return {
        words: null,
        labelKey: 'desk.transport.pause',
        icon: 'pause',
        act: 'pause',
        disabled: status === 'recovering',
      };
    default:
      return { words: null, labelKey: 'desk.transport.play', icon: 'play', act: 'play', disabled: false };
  }
}

/** Whether a single step can be run; not while running, where it would make no difference. */
export const canStep = (status: TrainingStatus): boolean => status === 'ready' || status === 'paused';

export const canReset = (status: TrainingStatus): boolean =>
  status === 'running' || status === 'paused' || status === 'finished' || status === 'failed';

/** Pads the step with zeros to the digits of the last step (at least three), so that the layout does not shift. */
export function paddedStep(step: number, totalSteps: number): string {
  return String(step).padStart(Math.max(3, String(totalSteps).length), '0');
}

/** Completed fraction of the run, 0 to 1; 0 for an empty run. */
export function progressShare(step: number, totalSteps: number): number {
  return totalSteps > 0 ? Math.min(1, step / totalSteps) : 0;
}

export function timeLeftText(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return '';
  const whole = Math.ceil(Math.max(0, seconds));
  const time =
    whole < 60
      ? t('desk.transport.seconds', { count: whole })
      : whole < 3600
        ? t('desk.transport.minutes', { minutes: Math.floor(whole / 60), seconds: whole % 60 })
        : t('desk.transport.hours', {
            hours: Math.floor(whole / 3600),
            minutes: Math.floor((whole % 3600) / 60),
          });
  return t('desk.transport.left', { time });
}

/** At most three significant digits; no sudden change of width between 9.9 and 10. */
export function rateText(stepsPerSecond: number | null): string {
  if (stepsPerSecond === null) return t('desk.transport.unmeasured');
  return t('desk.transport.measured', {
    value: stepsPerSecond < 0.1 ? stepsPerSecond.toPrecision(1) : stepsPerSecond.toFixed(1),
  });
}
