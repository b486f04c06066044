// Notices of the live training, with the actions that they offer.
import type { Report } from '../../worker/protocol.ts';
import { t } from '../messages/t.ts';
import type { NoticesState } from '../state/notices.svelte.ts';
import type { Effect } from './transition.ts';

/** Only one at a time: a GPU is tuned before its kernels are compiled. */
const PREPARING = 'preparing';

/** @param skip stops tuning */
export function notifyPreparing(
  notices: NoticesState,
  { what, share }: Extract<Report, { type: 'preparing' }>,
  skip: () => void,
): void {
  if (share >= 1) dismissPreparing(notices);
  else
    notices.show({
      id: PREPARING,
      kind: 'info',
      text: t(`shell.preparing.${what}`, { share: `${Math.round(100 * share)} %` }),
      ...(what === 'tiles' && { action: { label: t('shell.preparing.skip'), run: skip } }),
    });
}

export function dismissPreparing(notices: NoticesState): void {
  notices.dismiss(PREPARING);
}

/** A run starts: dismisses the notices about the last attempt. */
export function dismissFailure(notices: NoticesState): void {
  notices.dismiss('start');
}

/** An encoder is loaded: dismisses the notice about the last attempt. */
export function dismissLoadFailure(notices: NoticesState): void {
  notices.dismiss('load');
}

export type NoticeEffect = Extract<Effect, { type: `notify${string}` }>;

/** @param retry reloads the encoder, or restarts the run */
export function showNotice(
  notices: NoticesState,
  effect: NoticeEffect,
  retry: { load: () => void; start: () => void },
): void {
  switch (effect.type) {
    case 'notifyShortfall':
      notices.show({ id: 'start', kind: 'bad', text: effect.text });
      return;
    case 'notifyFailed': {
      const { during, message } = effect.report;
      const isLoad = during === 'load';
      const action = { label: t('failures.retry'), run: isLoad ? retry.load : retry.start };
      dismissPreparing(notices);
      notices.show({
        id: isLoad ? 'load' : 'start',
        kind: 'bad',
        text: message,
        ...(during !== 'command' && { action }),
      });
      return;
    }
    case 'notifyRewound': {
      const { deviceError, step } = effect.report;
      const text =
        deviceError === null
          ? t('failures.rewound.change', { step })
          : t('failures.rewound.device', { deviceError, step });
      notices.show({ id: 'rewound', kind: 'info', text });
      return;
    }
    case 'notifyWorkerDied':
      notices.show({
        id: 'load',
        kind: 'bad',
        text: t('failures.workerDied', { why: effect.why }),
        action: { label: t('failures.restartWorker'), run: retry.load },
      });
  }
}

/** Why the run is over, or null when it continues. */
export function failureOf(effect: NoticeEffect): string | null {
  switch (effect.type) {
    case 'notifyShortfall':
      return effect.text;
    case 'notifyFailed':
      return effect.report.during === 'command' ? null : effect.report.message;
    case 'notifyWorkerDied':
      return effect.why;
    case 'notifyRewound':
      return null;
  }
}
