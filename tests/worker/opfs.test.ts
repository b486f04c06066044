// Saved runs in a real browser's file system: after a reload, with two tabs, and when the quota is exceeded.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveBuilt, type BuiltPage } from '../support/builtPage.ts';
import type { Question } from './opfs/files.worker.ts';

const executablePath = process.env.CHROMIUM;
const MIB = 2 ** 20;

describe.skipIf(!executablePath)(
  `saved runs in a browser${executablePath ? '' : ' (skipped: no Chromium)'}`,
  () => {
    let built: BuiltPage;
    let context: BrowserContext;
    let profile: string;

    beforeAll(async () => {
      built = await serveBuilt('tests/worker/opfs/tab.html');
      // A profile on disk: a private window's files are in memory, where no quota is kept.
      profile = mkdtempSync(join(tmpdir(), 'semblance-profile-'));
      context = await chromium.launchPersistentContext(profile, {
        executablePath,
        args: [
          '--no-sandbox',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      });
    });
    afterAll(async () => {
      await context.close();
      await built.close();
      rmSync(profile, { recursive: true, force: true });
    });

    async function tab(): Promise<Page> {
      const page = await context.newPage();
      await page.goto(built.address);
      return page;
    }
    const ask = (page: Page, question: Question): Promise<unknown> =>
      page.evaluate((sent) => window.ask(sent), question);

    it('are complete after a reload, and gone when deleted', async () => {
      const page = await tab();
      expect(await ask(page, { do: 'open', run: 'a' })).toBe(true);
      await ask(page, { do: 'write', name: 'one', size: 3 * MIB, seed: 5 });
      await page.reload();
      // The lock of the page before is released with it.
      expect(await ask(page, { do: 'open', run: 'a' })).toBe(true);
      expect(await ask(page, { do: 'list' })).toEqual(['one']);
      expect(await ask(page, { do: 'read', name: 'one' })).toEqual({ size: 3 * MIB, seed: 5, whole: true });
      await expect(ask(page, { do: 'delete', run: 'a' })).rejects.toThrow(/open in another tab/);
      await ask(page, { do: 'release' });
      await ask(page, { do: 'delete', run: 'a' });
      await ask(page, { do: 'delete', run: 'a' }); // nothing is there: nothing happens
      await ask(page, { do: 'open', run: 'a' });
      expect(await ask(page, { do: 'list' })).toEqual([]);
      await page.close();
    });

    it('keep the measured kernel tiles too, by adapter, after a reload', async () => {
      const page = await tab();
      const kept = { code: 'a', orders: { NN: ['direct 8x8 4x1'] } };
      expect(await ask(page, { do: 'readTiles', adapter: 'one' })).toBe(undefined);
      await ask(page, { do: 'writeTiles', adapter: 'one', kept });
      await page.reload();
      expect(await ask(page, { do: 'readTiles', adapter: 'one' })).toEqual(kept);
      expect(await ask(page, { do: 'readTiles', adapter: 'two' })).toBe(undefined);
      await page.close();
    });

    it('are held by one tab at a time; other runs are free', async () => {
      const [first, second] = [await tab(), await tab()];
      expect(await ask(first, { do: 'open', run: 'b' })).toBe(true);
      expect(await ask(second, { do: 'open', run: 'b' })).toBe(false);
      expect(await ask(second, { do: 'open', run: 'c' })).toBe(true);
      await first.close();
      expect(await ask(second, { do: 'open', run: 'b' })).toBe(true);
      await second.close();
    });

    it('keep the earlier file when the quota is exceeded in the middle of the next', async () => {
      const page = await tab();
      await ask(page, { do: 'open', run: 'd' });
      await ask(page, { do: 'write', name: 'one', size: MIB, seed: 7 });
      const devtools = await context.newCDPSession(page);
      const { origin } = new URL(built.address);
      await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 3 * MIB });
      await expect(ask(page, { do: 'write', name: 'two', size: 20 * MIB, seed: 9 })).rejects.toThrow();
      expect(await ask(page, { do: 'list' })).toEqual(['one']);
      expect(await ask(page, { do: 'read', name: 'one' })).toEqual({ size: MIB, seed: 7, whole: true });
      await devtools.send('Storage.overrideQuotaForOrigin', { origin });
      await ask(page, { do: 'write', name: 'two', size: 20 * MIB, seed: 9 });
      expect(await ask(page, { do: 'list' })).toEqual(['one', 'two']);
      await page.close();
    });
  },
);
