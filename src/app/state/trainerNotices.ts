// What the trainer tells the visitor when something went wrong, and the way on that it offers.
import type { Report } from '../../worker/protocol.ts';
import { t } from '../messages/t.ts';
import type { NoticesState } from './notices.svelte.ts';

type Said<T extends Report['type']> = Extract<Report, { type: T }>;

export function sayFailed(
  notices: NoticesState,
  { during, message }: Said<'failed'>,
  retry: () => void,
): void {
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
