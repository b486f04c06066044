// What the notices say of a run that has gone back: each cause has words of its own.
import { expect, it } from 'vitest';
import { showNotice } from '../../../src/app/live/notices.ts';
import { NoticesState } from '../../../src/app/state/notices.svelte.ts';

const retry = { load: () => undefined, start: () => undefined };
const rewound = (notices: NoticesState, deviceError: string | null) =>
  showNotice(
    notices,
    { type: 'notifyRewound', report: { type: 'rewound', run: 1, step: 7, deviceError } },
    retry,
  );

it('a lost device was restarted, a change at a past step replaces the later ones', () => {
  const notices = new NoticesState();
  rewound(notices, 'The device was lost (out of memory)');
  expect(notices.all.map(({ text }) => text)).toEqual([
    'The device was lost (out of memory). The device was restarted and training continues from step 7.',
  ]);
  // The newest one takes the place of the last.
  rewound(notices, null);
  const [notice, ...others] = notices.all;
  expect(others).toEqual([]);
  expect(notice!.text).toBe(
    'The change at step 7 replaces the steps after it; training continues from step 7.',
  );
  expect(notice!.text).not.toContain('device');
});
