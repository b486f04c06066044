// Every plot of the gallery, drawn by a real browser: its geometry against stored drawings, and what the drawing must
// mean. Fonts differ between machines, so markup is compared and not pixels; `npx vitest run tests/plots --update` stores new ones.
import { AxeBuilder } from '@axe-core/playwright';
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HISTOGRAM_CASES, LINE_CASES, PLANE_CASES } from './cases.ts';
import { SPIKE } from './fixtures.ts';
import { outline, startGallery, type GalleryHost } from './page.ts';

const browser = process.env.CHROMIUM;
const title =
  browser === undefined ? 'plots (skipped: CHROMIUM is not set; npm test finds one)' : 'plots in a browser';

interface Place {
  x: number;
  y: number;
}
/** Points of a path that consists of straight lines. */
const points = (path: string): Place[] =>
  path
    .slice(1)
    .replace(/Z$/, '')
    .split('L')
    .map((pair) => pair.split(',').map(Number))
    .map(([x, y]) => ({ x: x!, y: y! }));

describe.skipIf(browser === undefined)(title, () => {
  let host: GalleryHost;
  let page: Page;
  const svg = (id: string) => page.locator(`[data-case="${id}"] svg[data-plot]`);
  const path = async (id: string, line: string) =>
    points((await svg(id).locator(`path[data-line="${line}"]`).getAttribute('d'))!);
  const texts = (id: string) => svg(id).locator('text').allTextContents();

  beforeAll(async () => {
    host = await startGallery(browser!);
    page = await host.open();
  });
  afterAll(async () => {
    await host.close();
  });

  const ids = [...LINE_CASES, ...PLANE_CASES, ...HISTOGRAM_CASES].map(({ id }) => id);
  it.each(ids)('%s is drawn as stored', async (id) => {
    const markup = await svg(id).evaluate((node) => node.outerHTML);
    await expect(outline(markup)).toMatchFileSnapshot(`__snapshots__/${id}.svg.txt`);
  });

  it('draws 100,000 readings with at most two points a pixel, and the spike is there', async () => {
    const drawn = await path('long', 'loss');
    const width = Math.max(...drawn.map(({ x }) => x)) - Math.min(...drawn.map(({ x }) => x));
    expect(drawn.length).toBeLessThanOrEqual(2 * Math.ceil(width));
    const highest = drawn.reduce((a, b) => (b.y < a.y ? b : a));
    const left = Math.min(...drawn.map(({ x }) => x));
    expect((highest.x - left) / width).toBeCloseTo(SPIKE.step / 100_000, 2);
    // Well above everything else: the curve without it begins at about 2.6.
    const second = drawn.filter((point) => point !== highest).reduce((a, b) => (b.y < a.y ? b : a));
    expect(second.y - highest.y).toBeGreaterThan(15);
  });

  it('draws evaluation data dashed and held-out training data solid', async () => {
    for (const id of ['alignment-easier', 'uniformity', 'plane']) {
      const dashes = await svg(id)
        .locator('path[data-line]')
        .evaluateAll((nodes) =>
          nodes.map((node) => [
            node.getAttribute('data-line'),
            getComputedStyle(node).strokeDasharray !== 'none',
          ]),
        );
      expect(Object.fromEntries(dashes), id).toEqual({ eval: true, train: false });
    }
  });

  it('tints a negative RFD as easier, a positive one as harder, and cuts where curves cross', async () => {
    const signs = (id: string) =>
      svg(id)
        .locator('.area')
        .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-sign')));
    expect(await signs('alignment-easier')).toEqual(['-1']);
    expect(await signs('rfd-alignment')).toEqual(['-1']);
    expect(await signs('alignment-harder')).toEqual(['1']);
    expect(await signs('crossing')).toEqual(['1', '-1', '1']);
  });

  it('has a pole for each flag, crowded ones sharing one, and says their words', async () => {
    expect(await svg('loss').locator('.pole').count()).toBe(2);
    const flags = page.locator('[data-case="loss"] button');
    expect(await flags.first().getAttribute('aria-label')).toContain(
      'temperature 0.05 → 0.1; Step 910: learningRate',
    );
    const words = flags.first().locator('.words');
    expect(await words.isVisible()).toBe(false);
    await flags.first().focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    expect(await words.isVisible()).toBe(true);
  });

  it('says so when there is nothing, shows one reading as a dot, and never writes NaN', async () => {
    expect(await texts('empty')).toContain('Nothing measured yet');
    expect(await texts('plane-empty')).toContain('Nothing measured yet');
    expect(await svg('one-point').locator('.end').count()).toBe(1);
    expect((await texts('one-point')).map((text) => text.trim())).toContain('0.610');
    const drawings = await page
      .locator('svg[data-plot]')
      .evaluateAll((all) => all.map((node) => node.outerHTML));
    expect(drawings.flatMap((markup) => markup.match(/NaN|Infinity|undefined/g) ?? [])).toEqual([]);
  });

  it('ends the trail of the plane nearer to the better corner than it began', async () => {
    const trained = await path('plane', 'train');
    const [first, last] = [trained[0]!, trained.at(-1)!];
    expect(last.x).toBeLessThan(first.x); // alignment fell
    expect(last.y).toBeGreaterThan(first.y); // uniformity fell: lower on the screen
    expect(await svg('plane').locator('.arrow').count()).toBeGreaterThan(3);
    expect((await texts('plane')).join(' ')).toContain('better');
  });

  it('marks the means of the roles in their order', async () => {
    const means = await svg('cosines')
      .locator('[data-mean]')
      .evaluateAll((nodes) => nodes.map((node) => Number(node.getAttribute('data-mean'))));
    const [positive, intermediate, negative] = means;
    expect(positive).toBeGreaterThan(intermediate!);
    expect(intermediate).toBeGreaterThan(negative!);
    expect(await svg('cosines').locator('[data-before]').count()).toBe(3);
  });

  it('can be walked by keyboard, and says where it is', async () => {
    const slider = page.locator('[data-case="sts"] [role="slider"]');
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await slider.getAttribute('aria-valuenow')).toBe('125');
    expect(await slider.getAttribute('aria-valuetext')).toContain('at step 125');
    await page.keyboard.press('Home');
    expect(await slider.getAttribute('aria-valuenow')).toBe('0');
    await page.keyboard.press('Escape');
    expect(await slider.getAttribute('aria-valuetext')).toBe('no step selected');
  });

  it('lays other runs pale behind the shown one, a band behind them, and never hides the shown one', async () => {
    const found = await svg('overlay-alignment')
      .locator('path[data-band], path[data-other], path[data-line]')
      .evaluateAll((nodes) =>
        nodes.map((node) => ({
          kind: Object.keys((node as SVGElement).dataset)[0],
          opacity: getComputedStyle(node).strokeOpacity,
          id: Object.values((node as SVGElement).dataset)[0],
        })),
      );
    expect(found.map(({ kind }) => kind)).toEqual([
      ...['band', 'band'],
      ...['other', 'other', 'other', 'other', 'other', 'other'],
      ...['line', 'line'],
    ]);
    expect(new Set(found.filter(({ kind }) => kind === 'other').map(({ opacity }) => opacity))).toEqual(
      new Set(['0.4']),
    );
    expect(found.at(-1)?.opacity).toBe('1');
    // Of another run's loss only the total: three curves a run would hide everything.
    expect(await svg('overlay-loss').locator('[data-other="ht/loss"]').count()).toBe(1);
    expect(await svg('overlay-loss').locator('[data-other]').count()).toBe(3);
    expect(await svg('plane-overlay').locator('.curve.other').count()).toBe(6);
    expect(await texts('overlay-before-first')).not.toContain('Nothing measured yet');
  });

  it('draws the same in the dark', async () => {
    const dark = await host.open('?theme=dark');
    const markup = await dark
      .locator('[data-case="crossing"] svg[data-plot]')
      .evaluate((node) => node.outerHTML);
    await expect(outline(markup)).toMatchFileSnapshot('__snapshots__/crossing.svg.txt');
    await dark.close();
  });

  describe('in the evidence panel', () => {
    const panel = { width: 460, height: 900 };

    it('has no accessibility violation, in either theme and for a projector, menu and help open', async () => {
      for (const [query, opened] of [
        ['', 0],
        ['&theme=dark', 1],
        ['&projector=true', undefined],
      ] as const) {
        const evidence = await host.open(`?view=evidence${query}`, panel);
        if (opened !== undefined) {
          await evidence.locator('[data-testid="plot-alignment"] header button').nth(opened).click();
          await evidence.getByRole(opened === 0 ? 'dialog' : 'menu').waitFor();
        }
        const { violations } = await new AxeBuilder({ page: evidence }).analyze();
        expect(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
        ).toEqual([]);
        await evidence.close();
      }
    });

    it('sets its formulas when they are asked for', async () => {
      const evidence = await host.open('?view=evidence', panel);
      expect(await evidence.locator('.katex').count()).toBe(0);
      await evidence.locator('[data-testid="plot-uniformity"] header button').first().click();
      await evidence.locator('.katex').first().waitFor();
      expect(await evidence.getByRole('dialog').textContent()).toContain('Wang & Isola');
      await evidence.close();
    });

    it('stays within a phone, projector or not, flags and all', async () => {
      for (const query of ['', '&projector=true']) {
        const evidence = await host.open(`?view=evidence${query}`, { width: 360, height: 800 });
        await evidence.locator('[data-testid="plot-loss"] .flag').focus();
        expect(await evidence.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
        await evidence.close();
      }
    });

    it('shares one crosshair and one tooltip, which is never under the pointer', async () => {
      const evidence = await host.open('?view=evidence', panel);
      const box = (await evidence.locator('[data-testid="plot-loss"] [role="slider"]').boundingBox())!;
      const pointer = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      await evidence.mouse.move(pointer.x, pointer.y);
      const tooltip = evidence.getByTestId('plot-tooltip');
      await tooltip.waitFor();
      const place = (await tooltip.boundingBox())!;
      const within = (at: number, from: number, size: number) => at > from && at < from + size;
      expect(within(pointer.x, place.x, place.width) && within(pointer.y, place.y, place.height)).toBe(false);
      expect(await evidence.locator('.hair').count()).toBeGreaterThan(2);
      for (const title of ['Loss', 'Alignment', 'Uniformity'])
        expect(await tooltip.textContent()).toContain(title);
      await evidence.mouse.move(1, 1);
      await tooltip.waitFor({ state: 'detached' });
      await evidence.close();
    });

    it('remembers which plots are shown, and keeps the readouts of those that are not', async () => {
      const evidence = await host.open('?view=evidence', panel);
      await evidence.getByTestId('chip-loss').click();
      await evidence.getByTestId('chip-rfd-alignment').click();
      await evidence.reload();
      await evidence.getByTestId('plot-rfd-alignment').waitFor();
      expect(await evidence.getByTestId('plot-loss').count()).toBe(0);
      const readout = evidence.getByTestId('readout-loss');
      expect(Number(await readout.getAttribute('data-value'))).toBeGreaterThan(0);
      await evidence.getByTestId('chip-loss').click();
      await evidence.getByTestId('chip-rfd-alignment').click();
      await evidence.close();
    });

    it('exports the numbers that it shows, and the picture', async () => {
      const evidence = await host.open('?view=evidence', panel);
      const take = async (entry: string) => {
        await evidence.locator('[data-testid="plot-alignment"] header button').last().click();
        const [download] = await Promise.all([
          evidence.waitForEvent('download'),
          evidence.getByRole('menuitem', { name: entry }).click(),
        ]);
        const chunks: Buffer[] = [];
        for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
        return Buffer.concat(chunks);
      };
      const csv = (await take('Export CSV')).toString();
      expect(csv.split('\r\n')[0]).toBe('step,held-out training,evaluation');
      expect(csv).toContain('\r\n125,0.291032046,');
      const image = (await take('Export SVG')).toString();
      expect(image).toMatch(/^<svg xmlns/);
      expect(image).not.toContain('var(--'); // stands alone
      expect((await take('Export PNG')).subarray(1, 4).toString()).toBe('PNG');
      await evidence.close();
    });

    it('names other runs in tooltip, table and files', async () => {
      const evidence = await host.open('?view=evidence&compared', panel);
      expect(await evidence.getByTestId('other-runs').locator('span').allTextContents()).toEqual([
        'this run',
        '3 seeds of NLI',
        'token shuffle',
        'STS pattern + HT',
      ]);
      const { violations } = await new AxeBuilder({ page: evidence }).analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
      const box = (await evidence.locator('[data-testid="plot-alignment"] [role="slider"]').boundingBox())!;
      await evidence.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      const tooltip = evidence.getByTestId('plot-tooltip');
      await tooltip.waitFor();
      const cells = await tooltip
        .locator('tbody tr')
        .evaluateAll((rows) =>
          rows.map((row) => [...row.children].map((cell) => cell.textContent.replace(/\s+/g, ' ').trim())),
        );
      expect(cells.map(([name]) => name)).toEqual([
        'this run',
        '3 seeds of NLI',
        'token shuffle',
        'STS pattern + HT',
      ]);
      const [mean, low, high] = cells[1]![1]!.split(/ … | /).map(Number);
      expect(low).toBeLessThan(mean!);
      expect(high).toBeGreaterThan(mean!);

      const [csv] = await Promise.all([
        evidence.waitForEvent('download'),
        evidence
          .locator('[data-testid="plot-alignment"] header button')
          .last()
          .click()
          .then(() => evidence.getByRole('menuitem', { name: 'Export CSV' }).click()),
      ]);
      const header = (await readFile(await csv.path(), 'utf8')).split('\r\n')[0]!;
      expect(header).toContain('token shuffle: held-out training');
      expect(header).toContain('"3 seeds of NLI: evaluation, lowest"');
      const [image] = await Promise.all([
        evidence.waitForEvent('download'),
        evidence
          .locator('[data-testid="plot-plane"] header button')
          .last()
          .click()
          .then(() => evidence.getByRole('menuitem', { name: 'Export SVG' }).click()),
      ]);
      const drawing = await readFile(await image.path(), 'utf8');
      for (const name of ['3 seeds of NLI', 'token shuffle', 'STS pattern + HT'])
        expect(drawing).toContain(`>${name}</text>`);
      expect(drawing).not.toContain('var(--');
      await evidence.close();
    });

    it('redraws a run of 100,000 steps as it goes on (milliseconds are noted, not judged)', async ({
      annotate,
    }) => {
      const evidence = await host.open('?view=evidence&points=100000', panel);
      const times = await evidence.evaluate(async () => {
        const found: number[] = [];
        for (let i = 0; i < 40; i++) {
          found.push(window.feed!(5));
          await new Promise(requestAnimationFrame);
        }
        return found;
      });
      const sorted = times.toSorted((a, b) => a - b);
      const note = `redraw: median ${sorted[20]!.toFixed(1)} ms, 90 % below ${sorted[36]!.toFixed(1)} ms`;
      await annotate(note);
      // The readout moved with the run: the last reading is what was fed.
      const loss = Number(await evidence.getByTestId('readout-loss').getAttribute('data-value'));
      expect(loss).toBeCloseTo(1.1 * (0.25 + 0.05 * Math.sin(100_200)), 9);
      const drawn = await evidence
        .locator('[data-testid="plot-loss"] path[data-line="loss"]')
        .getAttribute('d');
      expect(points(drawn!).length).toBeLessThanOrEqual(2 * panel.width);
      await evidence.close();
    });
  });

  it('made no error and no warning in the console', () => {
    expect(host.complaints).toEqual([]);
  });
});
