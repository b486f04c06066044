// The page under test, and what holds in every test: nothing in the console, nothing sent elsewhere.
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Page, type Route } from '@playwright/test';

/** What must not be said in the console, and what may (told per test). */
export interface Watch {
  /** Console messages that a test provokes on purpose. */
  allow: RegExp[];
}

/** Lines of each bundled file that a GPU in software is given: it needs a minute for what a real one does in a second. */
const LINES = 24;

async function cut(route: Route): Promise<void> {
  const response = await route.fetch();
  const text = await response.text();
  await route.fulfill({ response, body: text.split('\n').slice(0, LINES).join('\n') });
}

export const test = base.extend<{ watch: Watch }>({
  watch: [
    async ({ page, baseURL }, use, { project }) => {
      const watch: Watch = { allow: [] };
      const said: string[] = [];
      const strangers: string[] = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) said.push(`${message.type()}: ${message.text()}`);
      });
      page.on('pageerror', (error) => said.push(`pageerror: ${error.message}`));
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(baseURL!) && !/^(data|blob):/.test(url)) strangers.push(url);
      });
      if (project.name === 'webgpu') await page.route('**/corpora/**', cut);
      // The tour is a test of its own.
      await page.addInitScript(() => localStorage.setItem('semblance.tour', 'done'));
      await use(watch);
      expect(said.filter((text) => !watch.allow.some((allowed) => allowed.test(text)))).toEqual([]);
      expect(strangers).toEqual([]);
    },
    { auto: true },
  ],
});

/**
 * The smallest run that shows everything, small enough for a GPU in software. Its encoder is named: what the page would
 * choose depends on the machine.
 */
export const SMALL =
  'model=pocket&steps=6&batch=4&generatedBatch=2&maxLength=12&evaluateEvery=3&measureCap=8';

/** Where the device is asked for by name: the software adapter, in the project that has one. */
export function deviceOf(project: string): string {
  return project === 'webgpu' ? '&device=software' : '';
}

export async function open(page: Page, hash = SMALL): Promise<void> {
  await page.goto(`/#${hash}`);
  await ready(page);
}

/** Waits until the encoder is there and the run stands at step 0. */
export async function ready(page: Page): Promise<void> {
  await expect(page.getByTestId('narration')).toHaveText(/^Ready/);
}

export async function value(page: Page, name: string): Promise<number> {
  const text = await page.getByTestId(`readout-${name}`).first().getAttribute('data-value');
  return text === null || text === '' ? NaN : Number(text);
}

export async function trainToEnd(page: Page): Promise<void> {
  await page.getByTestId('transport-play').click();
  await expect(page.getByTestId('narration')).toHaveText(/^Training finished/);
}

/** The numbers a plot draws, from its paths. */
export async function drawn(page: Page, plot: string): Promise<number> {
  return page.getByTestId(`plot-${plot}`).locator('svg path[d*="L"]').count();
}

/** axe finds nothing, once what fades in has done so: half faded, any text has too little contrast. */
export async function accessible(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        ({ effect }) =>
          effect?.getComputedTiming().progress == null || effect.getTiming().iterations === Infinity,
      ),
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
  ).toEqual([]);
}

export { expect };
