// The room of the runs in a real browser, over its own IndexedDB: what is kept, what two tabs do, and whether everybody
// can use it.
import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { append, begin } from '../storage/liveRuns.ts';
import type { RecordedSettings } from '../../../src/app/state/recordedSettings.svelte.ts';
import type { RunsState } from '../../../src/app/state/runs.svelte.ts';
import { serveBuilt, type BuiltPage } from '../../support/builtPage.ts';

const executablePath = process.env.CHROMIUM;
const title =
  executablePath === undefined
    ? 'room of the runs (skipped: CHROMIUM is not set; npm test finds one)'
    : 'room of the runs in a browser';

describe.skipIf(executablePath === undefined)(title, () => {
  let built: BuiltPage;
  let browser: Browser;
  let context: BrowserContext;
  const complaints: string[] = [];

  beforeAll(async () => {
    built = await serveBuilt('tests/app/compare/gallery.html');
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });
  afterAll(async () => {
    await browser.close();
    await built.close();
  });
  // Each test has a profile of its own: an empty store.
  beforeEach(async () => void (context = await browser.newContext()));
  afterEach(() => context.close());

  async function open(query = '', size = { width: 800, height: 900 }): Promise<Page> {
    const page = await context.newPage();
    await page.setViewportSize(size);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${built.address}${query}`);
    await page.locator('body[data-ready]').waitFor();
    return page;
  }
  const reload = async (page: Page) => {
    await page.reload();
    await page.locator('body[data-ready]').waitFor();
  };
  const names = (page: Page) => page.locator('[data-testid="run"] .words').allTextContents();
  const violations = async (page: Page) =>
    (await new AxeBuilder({ page }).analyze()).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
    );

  it('keeps runs over a reload: names, notes, ticks, records', async () => {
    const page = await open();
    await page.locator('.name', { hasText: 'seed 2' }).click();
    await page.getByLabel('Name', { exact: true }).fill('  two  ');
    await page.keyboard.press('Enter');
    await page.getByLabel('Note').fill('why?');
    await page.getByLabel('Note').blur();
    await page.getByRole('checkbox', { name: 'Overlay seed 1' }).check();
    await page.evaluate(() => window.runs.flush());
    const before = await names(page);
    expect(before).toContain('two');
    await reload(page);
    expect((await names(page)).sort()).toEqual(before.sort());
    expect(await page.getByText('why?').isVisible()).toBe(true);
    expect(await page.getByRole('checkbox', { name: 'Overlay seed 1' }).isChecked()).toBe(true);
    const record = await page.evaluate(async () => {
      const { events, unreadableEvents } = await window.runs.read('run-1');
      return { count: events.length, unreadableEvents, first: events[0]?.type, last: events.at(-1)?.type };
    });
    expect(record).toEqual({
      count: 1 + 120 + 25 * 5 + 1,
      unreadableEvents: 0,
      first: 'header',
      last: 'end',
    });
  });

  it('deletes with undo, and keeps the focus in the list', async () => {
    const page = await open();
    const before = await names(page);
    await page.locator('.name', { hasText: 'seed 1' }).click();
    await page.getByTestId('run-delete').click();
    expect(await names(page)).toHaveLength(before.length - 1);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TABLE');
    await page.getByTestId('runs-undo').click();
    expect(await names(page)).toEqual(before);
  });

  it('takes over a database of the version before this one, and what lies in it', async () => {
    const first = await context.newPage();
    // A page of the same origin that opens no database.
    const empty = new URL('empty.html', built.address).href;
    await first.route(empty, (route) => route.fulfill({ contentType: 'text/html', body: '' }));
    await first.goto(empty);
    await first.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.open('semblance', 1);
          request.onupgradeneeded = () => {
            for (const store of ['ownGroups', 'ownPairs', 'preferences', 'runs', 'snapshots'])
              request.result.createObjectStore(store);
            request.transaction!.objectStore('ownGroups').put({ id: 'own-1', anchor: 'kept' }, 'tab:own-1');
            request.transaction!.objectStore('runs').put({ version: 7 }, 'of another version');
          };
          request.onsuccess = () => {
            request.result.close();
            resolve();
          };
          request.onerror = () => reject(request.error!);
        }),
    );
    const page = await open();
    expect(await names(page)).toHaveLength(7);
    const unreadable = page.getByTestId('run-unreadable');
    expect(await unreadable.textContent()).toContain('another version');
    const kept = () =>
      page.evaluate(
        () =>
          new Promise((resolve) => {
            const request = indexedDB.open('semblance');
            request.onsuccess = () => {
              const transaction = request.result.transaction(['ownGroups', 'runs']);
              const group = transaction.objectStore('ownGroups').get('tab:own-1');
              const run = transaction.objectStore('runs').get('of another version');
              transaction.oncomplete = () => {
                request.result.close();
                resolve([group.result, run.result]);
              };
            };
          }),
      );
    expect(await kept()).toEqual([{ id: 'own-1', anchor: 'kept' }, { version: 7 }]);
    await unreadable.getByRole('button').click();
    await unreadable.waitFor({ state: 'detached' });
    await expect.poll(kept).toEqual([{ id: 'own-1', anchor: 'kept' }, undefined]);
  });

  it('lets one tab alone write a run, and tells the other what became of it', async () => {
    const [one, other] = [await open(), await open()];
    await one.evaluate(async () => {
      const { events } = await window.runs.read('run-0');
      window.begin(window.runs, 'mine');
      window.append(window.runs, 'mine', events.slice(0, 100));
      await window.runs.flush();
    });
    const load = (page: Page) => page.evaluate(() => window.runs.load());
    const mine = (page: Page) =>
      page.evaluate(() => window.runs.list.find(({ id }) => id === 'mine')?.status ?? 'none');
    const resume = (page: Page) =>
      page.evaluate(async () => (await window.runs.resume('mine'))?.events.length ?? 'refused');
    await load(other);
    expect(await mine(other)).toBe('running');
    expect(await resume(other)).toBe('refused');
    await one.evaluate(() => window.runs.interruptCurrent());
    await expect.poll(() => mine(other)).toBe('interrupted');
    expect(await resume(other)).toBe(100);
    expect(await resume(one)).toBe('refused');
    // A closed tab lets go by itself.
    await other.close();
    await expect.poll(() => resume(one)).toBe(100);
  });

  it('walks the plane by keyboard, names the paper’s settings, and gives its picture away', async () => {
    const page = await open();
    await page.getByTestId('runs-view-plane').click();
    await page.getByLabel('Show the recorded settings').uncheck();
    const slider = page.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('Home');
    expect(await slider.getAttribute('aria-valuetext')).toContain('paper, NLI.token_shuffle: RFD_a −0.235');
    await page.keyboard.press('End');
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^a name .* STS 0\.528$/);
    expect(await page.locator('[data-mark^="paper-"]').count()).toBe(13);
    await page.getByLabel("Show the paper's settings").uncheck();
    expect(await page.locator('[data-mark]').count()).toBe(6);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page
        .locator('.plot-icon')
        .click()
        .then(() => page.getByRole('menuitem', { name: 'Export SVG' }).click()),
    ]);
    const drawing = await readFile(await file.path(), 'utf8');
    expect(drawing).not.toContain('var(--');
    const parsed = await page.evaluate((text) => {
      const { documentElement } = new DOMParser().parseFromString(text, 'image/svg+xml');
      return [documentElement.tagName, documentElement.querySelectorAll('[data-mark]').length];
    }, drawing);
    expect(parsed).toEqual(['svg', 6]);
  });

  it('draws the recorded settings before anything is trained, and overlays one on a click or Enter', async () => {
    const page = await open('?runs=0');
    await page.getByTestId('runs-view-plane').click();
    const marks = page.locator('[data-mark^="recorded/"]');
    await expect.poll(() => marks.count()).toBe(14);
    expect(await page.getByTestId('rank-sentences').textContent()).toContain('means of 3 seeds');
    const overlays = page.getByTestId('recorded-overlay');
    const bands = () =>
      page.evaluate(() =>
        window.recorded.bands.map(({ id, members }) => [id, members.map(({ loss }) => loss.length > 0)]),
      );

    const slider = page.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('Home');
    while (!(await slider.getAttribute('aria-valuetext'))?.startsWith('recorded here'))
      await page.keyboard.press('ArrowRight');
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/RFD_a −0\.\d+ \(.* to .*\).*3 seeds$/);
    await page.keyboard.press('Enter');
    await expect.poll(() => overlays.count()).toBe(1);
    await page.keyboard.press('Enter');
    await expect.poll(() => overlays.count()).toBe(0);

    const box = await page.locator('[data-mark="recorded/scenes.sup"]').boundingBox();
    await page.mouse.click(box!.x + box!.width / 2, box!.y + box!.height / 2);
    await expect
      .poll(() => overlays.allTextContents())
      .toEqual([expect.stringContaining('scenes, supervised')]);
    await expect.poll(bands).toEqual([['recorded/scenes.sup', [true, true, true]]]);
    // It is there again on the next visit, and can be removed in every view.
    await page.evaluate(() => window.runs.flush());
    await reload(page);
    await expect.poll(bands).toEqual([['recorded/scenes.sup', [true, true, true]]]);
    await page.getByRole('button', { name: 'Remove scenes, supervised' }).click();
    expect(await bands()).toEqual([]);
  });

  it('says in a sentence what is wrong with recorded settings, and goes on', async () => {
    for (const [kind, words] of [
      ['missing', 'summary.json is not on this server'],
      ['damaged', 'model: '],
    ]) {
      const page = await open(`?recorded=${kind}`);
      await page.getByTestId('runs-view-plane').click();
      await expect.poll(() => page.getByTestId('recorded-missing').textContent()).toContain(words);
      expect(await page.locator('[data-mark]').count()).toBe(19);
      await page.close();
    }
    const page = await open();
    await page.evaluate(async () => {
      await window.recorded.load();
      await window.recorded.toggle('scenes.nli');
    });
    expect(await page.getByTestId('recorded-failure').textContent()).toContain('scenes.nli.3.jsonl is not');
    expect(await page.evaluate(() => window.recorded.overlaid)).toEqual([]);
  });

  it('runs the thirteen settings, and after a reload goes on with those that are left', async () => {
    const page = await open('?runs=1');
    const view = () => page.getByTestId('runs-view-thirteen').click();
    const done = () => page.locator('[data-testid="thirteen-item"][data-status="done"]').count();
    await view();
    await page.getByTestId('thirteen-start').click();
    await expect.poll(done).toBeGreaterThan(1);
    const before = await done();
    await reload(page);
    await view();
    expect(await done()).toBeGreaterThanOrEqual(before);
    await page.getByTestId('thirteen-resume').click();
    await page.getByTestId('thirteen-pause').click();
    await page.getByTestId('thirteen-resume').waitFor();
    expect(await done()).toBeGreaterThan(before);
    await page.getByTestId('thirteen-resume').click();
    await expect.poll(done, { timeout: 20_000 }).toBe(13);
    await page.getByTestId('runs-view-plane').click();
    await expect.poll(() => page.locator('circle[data-mark]').count()).toBeGreaterThanOrEqual(14);
  });

  it('has no accessibility violation in any view or theme, and stays within a phone', async () => {
    // Projector mode is light here: the two themes and both sizes of type.
    for (const query of ['?theme=dark', '?projector=true']) {
      const page = await open(query, { width: 390, height: 900 });
      await page.getByRole('checkbox', { name: 'Overlay seed 1' }).check();
      await page.locator('.name').nth(2).click();
      for (const view of ['list', 'plane', 'side', 'thirteen']) {
        await page.getByTestId(`runs-view-${view}`).click();
        expect(await violations(page), `${view} ${query}`).toEqual([]);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width, `${view} ${query}`).toBe(390);
      }
      await page.close();
    }
  });

  it('lists fifty runs', async () => {
    const page = await open('?runs=50');
    expect(await names(page)).toHaveLength(51);
    const boxes = page.getByRole('checkbox');
    const ticked = await page.locator('input:checked').count(); // the parent of a branch
    for (let i = 10; i < 15 - ticked; i++) await boxes.nth(i).check();
    expect(await boxes.nth(40).isDisabled()).toBe(true);
    await page.getByTestId('runs-view-side').click();
    expect(await page.locator('thead th').count()).toBe(6); // the shown run and five others
  });

  it('made no error and no warning in the console', () => {
    expect(complaints).toEqual([]);
  });
});

declare global {
  interface Window {
    runs: RunsState;
    recorded: RecordedSettings;
    begin: typeof begin;
    append: typeof append;
  }
}
