// The gallery in a real browser: built by Vite into a folder of its own, served from there, opened in Chromium.
import { chromium, type Page } from '@playwright/test';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '..', '..', '..');
const PAGE = 'tests/app/steps/gallery.html';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};

export interface GalleryHost {
  open: (query?: string, size?: { width: number; height: number }) => Promise<Page>;
  /** Errors and warnings of the console, and uncaught ones, of all pages so far. */
  complaints: string[];
  close: () => Promise<void>;
}

export async function startGallery(executablePath: string): Promise<GalleryHost> {
  const folder = mkdtempSync(join(tmpdir(), 'semblance-steps-'));
  await build({
    root,
    configFile: false,
    plugins: [svelte()],
    publicDir: false,
    logLevel: 'error',
    base: './',
    build: { outDir: folder, emptyOutDir: true, minify: false, rolldownOptions: { input: join(root, PAGE) } },
  });
  const server = createServer((request, response) => {
    const path = join(folder, normalize(new URL(request.url ?? '/', 'http://local').pathname));
    if (!path.startsWith(folder) || !existsSync(path) || !statSync(path).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const context = await browser.newContext({ deviceScaleFactor: 1, reducedMotion: 'reduce' });
  const complaints: string[] = [];
  return {
    complaints,
    open: async (query = '', size = { width: 1440, height: 900 }) => {
      const page = await context.newPage();
      await page.setViewportSize(size);
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`http://127.0.0.1:${address.port}/${PAGE}${query}`);
      await page.locator('dialog[open]').waitFor();
      return page;
    },
    close: async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
