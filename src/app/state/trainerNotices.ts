// What the trainer tells the visitor when something went wrong, and the way on that it offers.
import type { Report } from '../../worker/protocol.ts';
import { t } from '../messages/t.ts';
import type { NoticesState } from './notices.svelte.ts';

type Said<T extends Report['type']> = Extract<Report, { type: T }>;

/** One at a time: a GPU is tuned before its kernels are compiled. */
const PREPARING = 'preparing';

export function sayPreparing(
  notices: NoticesState,
  { what, share }: Said<'preparing'>,
  skip: () => void,
): void {
  if (share >= 1) notices.dismiss(PREPARING);
  else
    notices.say({
      id: PREPARING,
      kind: 'info',
      text: t(`shell.preparing.${what}`, { share: `${Math.round(100 * share)} %` }),
      ...(what === 'tiles' && { action: { label: t('shell.preparing.skip'), run: skip } }),
    });
}

export function preparedNow(notices: NoticesState): void {
  notices.dismiss(PREPARING);
}

export function sayFailed(
  notices: NoticesState,
  { during, message }: Said<'failed'>,
  retry: () => void,
): void {
  preparedNow(notices);
  notices.say({
    id: during === 'load' ? 'load' : 'begin',
    kind: 'bad',
    text: message,
    ...(during !== 'command' && { action: { label: t('failures.retry'), run: retry } }),
  });
}

export function sayDied(notices: NoticesState, why: string, restart: () => void): void {
  notices.say({
    id: 'load',
    kind: 'bad',
    text: t('failures.workerDied', { why }),
    action: { label: t('failures.restartWorker'), run: restart },
  });
}

export function sayRewound(notices: NoticesState, { reason, step }: Said<'rewound'>): void {
  notices.say({ id: 'rewound', kind: 'info', text: t('failures.rewound', { reason, step }) });
}
