// The microscope in a real browser, from fixed data: every stage in light, dark and for a projector, keys, lighting,
// and what leaving asks of the page.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGallery, type GalleryHost } from './page.ts';

const browser = process.env.CHROMIUM;
const title =
  browser === undefined
    ? 'microscope (skipped: CHROMIUM is not set; npm test finds one)'
    : 'microscope in a browser';

describe.skipIf(browser === undefined)(title, () => {
  let host: GalleryHost;
  const stage = (page: Page) => page.getByTestId('microscope').getAttribute('data-stage');
  const asked = (page: Page) => page.locator('output').textContent();
  const opened = async (query = '', size?: { width: number; height: number }) => {
    const page = await host.open(query, size);
    await page.locator('[data-stage-view] .katex').first().waitFor();
    return page;
  };
  /** Walks through all stages by the presenter's key; `visit` sees each. */
  const walk = async (page: Page, visit: (stage: string) => Promise<void>) => {
    const ids = await page
      .locator('nav button')
      .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-stage')!));
    for (const id of ids) {
      await page.locator(`[data-stage-view="${id}"] .katex`).first().waitFor();
      await visit(id);
      await page.keyboard.press('PageDown');
    }
    return ids;
  };

  beforeAll(async () => {
    host = await startGallery(browser!);
  });
  afterAll(async () => {
    await host.close();
  });

  /** Of axe, what can change with colours and sizes, where it can: elements and roles are the same as in the light. */
  const COLOURED = ['sentence', 'tokens', 'softmax', 'loss', 'ht', 'gradient', 'update', 'after'];
  const SCROLLED = ['embeddings', 'softmax', 'gradient', 'update'];
  it.each([
    ['light', '?head=true', { width: 1440, height: 900 }, null],
    ['dark', '?theme=dark', { width: 1440, height: 900 }, { rule: 'color-contrast', stages: COLOURED }],
    ['projector', '?projector=true', { width: 1920, height: 1080 }, { rule: '', stages: [] as string[] }],
    [
      'phone',
      '?hierarchical=false',
      { width: 390, height: 844 },
      { rule: 'scrollable-region-focusable', stages: SCROLLED },
    ],
  ])('every stage is drawn without a complaint and passes axe: %s', async (name, query, size, part) => {
    const page = await opened(query, size);
    const ids = await walk(page, async (id) => {
      if (part === null || part.stages.includes(id)) {
        const axe = new AxeBuilder({ page }).include('dialog');
        const { violations } = await (part === null ? axe : axe.withRules([part.rule])).analyze();
        const found = violations.map((one) => `${one.id}: ${one.nodes.map(({ html }) => html).join(' ')}`);
        expect(found, `${name}, ${id}`).toEqual([]);
      }
      // Looked at until it stands: a formula is plain text for a moment.
      const odd = async () => {
        const words = await page.locator('dialog').innerText();
        return words.match(/.{0,40}(?:NaN|undefined|Infinity|\{\{|microscope\.).{0,20}/g) ?? [];
      };
      await expect.poll(odd, { message: id }).toEqual([]);
      expect(await page.locator('.katex-error').count(), id).toBe(0);
      // Nothing is wider than the screen: what is, scrolls within itself.
      const wider = await page
        .locator('dialog .stage')
        .evaluate((node) => node.scrollWidth - node.clientWidth);
      expect(wider, id).toBe(0);
    });
    expect(ids.includes('head')).toBe(name === 'light');
    expect(ids.includes('ht')).toBe(name !== 'phone');
    expect(host.complaints).toEqual([]);
    await page.close();
  });

  it('is read from the last row: sentence, numbers and terms have 28 pixels on a projector', async () => {
    const page = await opened('?projector=true', { width: 1920, height: 1080 });
    const sizes = await page
      .locator('.term-text, .katex, .terms .value, .sentences li, .place')
      .evaluateAll((nodes) => nodes.map((node) => parseFloat(getComputedStyle(node).fontSize)));
    expect(sizes.length).toBeGreaterThan(5);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(28);
    const box = await page.locator('dialog').boundingBox();
    expect(box).toEqual({ x: 0, y: 0, width: 1920, height: 1080 });
    await page.close();
  });

  it('lights a term in formula, picture, sentence and list at once, by pointer and by keyboard', async () => {
    const page = await opened();
    await page.locator('nav button[data-stage="softmax"]').click();
    await page.locator('[data-stage-view="softmax"] .katex').first().waitFor();
    const highlighted = (place: string) =>
      page.locator(`${place} [data-term~="temperature"][data-active]`).count();
    await page.locator('.term-text [data-term="temperature"]').hover();
    for (const place of ['.term-text', '[data-formula]', '.terms', 'table'])
      expect(await highlighted(place), place).toBeGreaterThan(0);
    await page.mouse.move(5, 5);
    expect(await highlighted('dialog')).toBe(0);
    await page.locator('.terms [data-term="temperature"]').focus();
    expect(await highlighted('[data-formula]')).toBeGreaterThan(0);

    // Another column under the pointer: the formula speaks of it, and goes on doing so.
    const row = page.locator('tbody tr').nth(2);
    const column = (await row.getAttribute('data-term'))!;
    await row.locator('.text').hover();
    const number = Number(column.split(':')[1]) + 1;
    await page.locator(`[data-formula] [data-term="${column}"]`).first().waitFor();
    expect(await page.locator('[data-formula]').textContent()).toContain(`p_{${number}} =`);
    expect(await page.locator(`[data-formula] [data-term="${column}"][data-active]`).count()).toBeGreaterThan(
      0,
    );
    await page.close();
  });

  it('goes by keys, and stays where it is when frozen', async () => {
    const page = await opened();
    await page.keyboard.press('ArrowRight');
    expect(await stage(page)).toBe('tokens');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('ArrowLeft');
    expect(await stage(page)).toBe('tokens');
    expect(await page.locator('[aria-live="polite"]').textContent()).toMatch(
      /^Stage 2 of 14: Tokens\. Every sentence/,
    );
    await page.keyboard.press(' ');
    expect(await page.getByTestId('microscope-play').getAttribute('data-value')).toBe('playing');
    await page.keyboard.press('f');
    expect(await page.getByTestId('microscope-play').getAttribute('data-value')).toBe('still');
    for (const key of ['ArrowRight', 'End', ' ']) await page.keyboard.press(key);
    await page.getByTestId('microscope-next').click({ force: true });
    expect(await stage(page)).toBe('tokens');
    await page.keyboard.press('f');
    await page.keyboard.press('End');
    expect(await stage(page)).toBe('after');
    await page.keyboard.press('Home');
    expect(await stage(page)).toBe('sentence');
    await page.close();
  });

  it('follows another sentence, by search too, and typing does not turn the stages', async () => {
    const page = await opened();
    const followed = () => page.getByTestId('microscope-anchor').getAttribute('data-value');
    expect(await followed()).toBe('10'); // the first generated group, behind ten plain sentences
    await page.getByTestId('microscope-anchor-next').click();
    expect(await followed()).toBe('11');
    const text = (await page.locator('.sentences li').first().locator('span').last().textContent())!;
    await page.getByTestId('microscope-anchor-previous').click();
    await page.getByTestId('microscope-anchor-search').fill(text);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    expect(await followed()).toBe('11');
    expect(await stage(page)).toBe('sentence');
    await page.getByTestId('microscope-anchor-search').fill('no such words');
    expect(await page.locator('.answer').textContent()).toContain('No sentence of this batch');
    await page.close();
  });

  it('asks for the step only when it is left at its end', async () => {
    const page = await opened();
    const again = async () => {
      await page.locator('dialog').waitFor({ state: 'hidden' });
      await page.locator('#open').click();
      await page.locator('[data-stage-view="sentence"]').waitFor();
    };
    await page.keyboard.press('Escape');
    await again();
    expect((await asked(page))?.trim()).toBe('closed');
    await page.keyboard.press('End');
    await page.keyboard.press('Escape');
    await again();
    expect((await asked(page))?.trim()).toBe('closed completed');
    await page.keyboard.press('End');
    await page.getByTestId('microscope-take').click();
    await again();
    await page.keyboard.press('End');
    await page.getByTestId('microscope-leave').click();
    await again();
    await page.getByTestId('microscope-close').click();
    expect((await asked(page))?.trim()).toBe('closed completed completed closed closed');
    await page.close();
  });

  it('says that it waits, that there is nothing, and why it failed', async () => {
    for (const [state, words] of [
      ['busy', 'Tracing one step'],
      ['nothing', 'no step to show'],
      ['error', 'ran out of memory. Reload the page'],
    ] as const) {
      const page = await host.open(`?state=${state}`);
      expect(await page.locator('.message').textContent()).toContain(words);
      await page.keyboard.press('Escape');
      expect((await asked(page))?.trim()).toBe('closed');
      await page.close();
    }
  });
});
