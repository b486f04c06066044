// Recorded settings without a page: overlays share their limit with the visitor's runs, and nothing is fetched twice.
import { describe, expect, it } from 'vitest';
import { RecordedSettings } from '../../../src/app/state/recordedSettings.svelte.ts';
import { RunsState } from '../../../src/app/state/runs.svelte.ts';
import { BASE } from '../compare/records.ts';
import { serveRecorded } from '../compare/recordedFixture.ts';

function settings(fetcher = serveRecorded(null)) {
  const asked: string[] = [];
  const runs = new RunsState({ defaults: BASE, store: null, preferences: null });
  const recorded = new RecordedSettings(runs, (url) => {
    asked.push(url);
    return fetcher(url);
  });
  return { runs, recorded, asked };
}

describe('recorded settings', () => {
  it('fetches the summary and each record once', async () => {
    const { recorded, asked } = settings();
    await Promise.all([recorded.load(), recorded.load()]);
    expect(asked).toEqual(['./runs/thirteen/summary.json']);
    for (let i = 0; i < 3; i++) await recorded.toggle('scenes.sup');
    expect(asked).toHaveLength(1 + 3);
    expect(recorded.bands.map(({ name, members }) => [name, members.length])).toEqual([
      ['scenes, supervised, recorded with 3 seeds', 3],
    ]);
  });

  it('overlays five at most, each in a colour of its own', async () => {
    const { recorded, runs } = settings();
    await recorded.load();
    for (const pattern of ['dropout', 'token_cutoff', 'token_shuffle', 'sts', 'sts_ht', 'sup'])
      await recorded.toggle(`scenes.${pattern}`);
    expect(recorded.overlaid).toHaveLength(5);
    expect(new Set(recorded.bands.map(({ color }) => color)).size).toBe(5);
    expect(recorded.overlayFailure).toMatch(/Five/);
    expect(runs.canSelectMore).toBe(false);
    await recorded.toggle('scenes.dropout');
    expect(recorded.overlayFailure).toBeNull();
    expect(runs.canSelectMore).toBe(true);
    // Other tabs' changes make the runs load again; overlays stay.
    await runs.load();
    expect(recorded.overlaid).toHaveLength(4);
  });

  it('asks again after a failure', async () => {
    let offline = true;
    const { recorded } = settings((url) =>
      offline ? Promise.reject(new Error('offline')) : serveRecorded(null)(url),
    );
    await recorded.load();
    expect(recorded.failure).toContain('(offline)');
    offline = false;
    await recorded.load();
    expect(recorded.failure).toBeNull();
    expect(recorded.summary?.runs).toHaveLength(42);
  });
});
