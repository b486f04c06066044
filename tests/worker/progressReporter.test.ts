// The page is told how far the preparation of a GPU is, but not of work that is over before anybody could read it.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reportSchema } from '../../src/worker/protocol.ts';
import { progressReporter } from '../../src/worker/progressReporter.ts';
import { notifyPreparing } from '../../src/app/live/notices.ts';
import type { Notice, NoticesState } from '../../src/app/state/notices.svelte.ts';

describe('the progress of a preparation', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => vi.useRealTimers());

  function told(after: number, shares: number[]): number[] {
    const posted: number[] = [];
    const tell = progressReporter('kernels', (report) => {
      expect(reportSchema.safeParse(report).error).toBeUndefined();
      posted.push(report.share);
    });
    tell(0);
    vi.advanceTimersByTime(after);
    for (const share of shares) tell(share);
    return posted;
  }

  it('is not reported for short work, nor is its end', () => {
    expect(told(100, [0.3, 0.7, 1])).toEqual([]);
    expect(told(1000, [1])).toEqual([]);
  });

  it('is reported in tenths, with the end', () => {
    expect(told(1000, [0.31, 0.32, 0.39, 0.55, 0.56, 1])).toEqual([0.3, 0.5, 1]);
  });
});

describe('on the page', () => {
  function shown(...reports: Parameters<typeof notifyPreparing>[1][]): {
    notices: Notice[];
    skipped: () => number;
  } {
    const notices = new Map<string, Notice>();
    const state = {
      show: (notice: Notice) => notices.set(notice.id, notice),
      dismiss: (id: string) => notices.delete(id),
    };
    const skip = vi.fn();
    for (const report of reports) notifyPreparing(state as unknown as NoticesState, report, skip);
    return { notices: [...notices.values()], skipped: () => skip.mock.calls.length };
  }

  it('tuning is one notice with its progress, and can be skipped', () => {
    const { notices, skipped } = shown(
      { type: 'preparing', what: 'tiles', share: 0.1 },
      { type: 'preparing', what: 'tiles', share: 0.4 },
    );
    expect(notices.map(({ text }) => text)).toEqual(['Finding the fastest kernels for this GPU, 40 %']);
    expect(notices[0]!.action!.label).toBe('Skip');
    notices[0]!.action!.run();
    expect(skipped()).toBe(1);
  });

  it('compiling replaces tuning, cannot be skipped, and disappears when it is done', () => {
    const { notices } = shown(
      { type: 'preparing', what: 'tiles', share: 0.9 },
      { type: 'preparing', what: 'kernels', share: 0.5 },
    );
    expect(notices.map(({ text, action }) => [text, action])).toEqual([
      ['Compiling the kernels for this GPU, 50 %', undefined],
    ]);
    expect(shown({ type: 'preparing', what: 'kernels', share: 1 }).notices).toEqual([]);
  });
});
