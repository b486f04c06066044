// A batch of runs takes an hour: what is done must survive a reload, a failure and a change of mind.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PAPER_SETTINGS } from '../../../src/run/paperSettings.ts';
import { PaperQueue, type QueuedRun } from '../../../src/app/state/paperQueue.svelte.ts';
import { missingFor } from '../../../src/app/state/corpusFiles.ts';
import { pageDefaults } from '../../../src/run/pageDefaults.ts';
import { settingName } from '../../../src/run/settings.ts';
import golden from '../../golden/rfd.json';
import { memoryDisk } from '../storage/memoryRunStore.ts';

const settings = PAPER_SETTINGS.map(({ setting }) => setting);
const config = { ...pageDefaults().config, seed: 3 };

let disk = memoryDisk();
let clock = 0;
let asked: QueuedRun[] = [];
/** Ends the run that goes on. */
let end: (error?: Error) => void = () => {};

function visit() {
  return new PaperQueue({
    settings,
    preferences: disk.tab().preferences,
    now: () => clock,
    startRun: ({ setting, config: knobs, encoder }, signal) => {
      asked.push({ setting, config: knobs, encoder });
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        end = (error) => {
          clock += 60_000;
          if (error) reject(error);
          else resolve({ run: `run of ${settingName(setting)}` });
        };
      });
    },
  });
}
const asking = (count: number) => vi.waitFor(() => expect(asked).toHaveLength(count));

beforeEach(() => {
  disk = memoryDisk();
  clock = 0;
  asked = [];
});

describe('the paper’s settings', () => {
  it('are the paperQueue of its logs, figure by figure, and the bundled corpora serve all of them', () => {
    expect(
      PAPER_SETTINGS.map(({ label, rfdAlignment, rfdUniformity, sts }) => [
        label,
        rfdAlignment,
        rfdUniformity,
        sts,
      ]),
    ).toEqual(golden.settings.map((one) => [one.label, one.RFD_a, one.RFD_u, one.best.stsb]));
    expect(new Set(settings.map(settingName)).size).toBe(13);
    for (const { domain, pattern } of settings) expect(missingFor(domain, pattern)).toBeNull();
  });
});

describe('running the thirteen', () => {
  it('takes one after another with the same knobs, and tells the time left', async () => {
    const paperQueue = visit();
    expect(paperQueue.secondsLeft()).toBeNull();
    const work = paperQueue.start(config);
    for (let i = 1; i <= 13; i++) {
      await asking(i);
      if (i === 4) {
        expect(paperQueue.done).toBe(3);
        expect(paperQueue.secondsLeft(clock + 15_000)).toBe(10 * 60 - 15);
      }
      end();
    }
    await work;
    expect(paperQueue.status).toBe('finished');
    expect(asked.map(({ setting }) => settingName(setting))).toEqual(settings.map(settingName));
    expect(asked.every((one) => one.config.seed === 3)).toBe(true);
    expect(paperQueue.items[4]?.run).toBe(`run of ${settingName(settings[4]!)}`);
  });

  it('goes on after a reload where it was, with the knobs and the encoder it had', async () => {
    void visit().start(config, 'mini');
    await asking(1);
    end();
    await asking(2); // and the page is closed in the middle of the second
    const later = visit();
    await later.load();
    expect(later.status).toBe('paused');
    expect(later.done).toBe(1);
    void later.resume();
    await asking(3);
    expect(asked[2]).toEqual(asked[1]);
    expect(asked[2]?.encoder).toBe('mini');
  });

  it('pauses after the run that goes on, and stops at once', async () => {
    const paperQueue = visit();
    const work = paperQueue.start(config);
    await asking(1);
    paperQueue.pause();
    end();
    await work;
    expect([paperQueue.status, paperQueue.done]).toEqual(['paused', 1]);
    const more = paperQueue.resume();
    await asking(2);
    paperQueue.stop();
    await more;
    expect([paperQueue.status, paperQueue.done, paperQueue.items[1]?.status]).toEqual([
      'paused',
      1,
      'waiting',
    ]);
  });

  it('does not stop for a setting that fails, and tries it again when told', async () => {
    const paperQueue = visit();
    const work = paperQueue.start(config);
    await asking(1);
    end(new Error('The GPU is gone.'));
    for (let i = 2; i <= 13; i++) {
      await asking(i);
      end();
    }
    await work;
    expect(paperQueue.items[0]).toMatchObject({ status: 'failed', message: 'The GPU is gone.' });
    expect([paperQueue.done, paperQueue.failed]).toEqual([12, 1]);
    const again = paperQueue.resume();
    await asking(14);
    end();
    await again;
    expect([paperQueue.status, paperQueue.done]).toEqual(['finished', 13]);
  });

  it('starts over when what is stored is of no use', async () => {
    for (const stored of [17, { version: 2 }, { version: 1, config, items: [] }]) {
      disk.preferences.set('thirteen', stored);
      const paperQueue = visit();
      await paperQueue.load();
      expect([paperQueue.status, paperQueue.items.length]).toEqual(['idle', 13]);
    }
  });
});
