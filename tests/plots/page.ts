// The gallery in a real browser: built and served as plain files, Chromium, and everything that it complains about.
import { chromium, type Browser, type Page } from '@playwright/test';
import { serveBuilt } from '../support/builtPage.ts';

export interface GalleryHost {
  open: (query?: string, size?: { width: number; height: number }) => Promise<Page>;
  /** Errors and warnings of the console, and uncaught ones, of all pages so far. */
  complaints: string[];
  close: () => Promise<void>;
}

export async function startGallery(executablePath: string): Promise<GalleryHost> {
  const gallery = await serveBuilt('tests/plots/gallery.html');
  const browser: Browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const complaints: string[] = [];
  const context = await browser.newContext({ deviceScaleFactor: 1 });
  return {
    complaints,
    open: async (query = '', size = { width: 1320, height: 1000 }) => {
      const page = await context.newPage();
      await page.setViewportSize(size);
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${gallery.address}${query}`);
      await page.waitForSelector('svg[data-plot]');
      return page;
    },
    close: async () => {
      await browser.close();
      await gallery.close();
    },
  };
}

/** Numbers are rounded to whole pixels, and what only styles is left out: what is compared is the drawing. */
export function outline(markup: string): string {
  return markup
    .replace(/<!--.*?-->/gs, '')
    .replace(/ class="([^"]*)"/g, (_, names: string) => {
      const kept = names
        .split(' ')
        .filter((name) => name !== '' && !name.startsWith('s-') && !name.startsWith('svelte-'));
      return kept.length === 0 ? '' : ` class="${kept.join(' ')}"`;
    })
    .replace(/-?\d+\.\d+/g, (number) => String(Math.round(Number(number)) + 0))
    .replace(/\s+/g, ' ')
    .replace(/> </g, '><')
    .replace(/></g, '>\n<')
    .trim();
}
