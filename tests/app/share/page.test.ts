// Everything that can be taken away, made in a real browser and opened again: the shared page in one without network.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricsCsv } from '../../../src/record/metricsCsv.ts';
import { RunRecord } from '../../../src/record/runRecord.ts';
import { unpackEmbeddings } from '../../../src/run/embeddings.ts';
import { KNOBS } from '../../../src/run/knobs.ts';
import { parseRecord } from '../../../src/run/record.ts';
import { readRunFile } from '../../../src/run/runFile.ts';
import { playerHtml } from '../../../vite.player.ts';
import { serveBuilt, type BuiltPage } from '../../support/builtPage.ts';

const browserPath = process.env.CHROMIUM;
const title =
  browserPath === undefined
    ? 'sharing (skipped: CHROMIUM is not set; npm test finds one)'
    : 'sharing, in a browser';

const recordText = readFileSync(
  join(import.meta.dirname, '../../../public/runs/scenes.sts_ht.jsonl'),
  'utf8',
);
const { events } = parseRecord(recordText);
const readings = (name: string, split: string): (number | null)[] =>
  events.flatMap((event) =>
    event.type === 'metric' && event.name === name && event.split === split ? [event.value] : [],
  );

describe.skipIf(browserPath === undefined)(title, () => {
  let served: BuiltPage;
  let browser: Browser;
  let context: BrowserContext;
  let player: string;
  let page: Page;
  let folder: string;
  const complaints: string[] = [];

  const listen = (opened: Page) => {
    opened.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    opened.on('pageerror', (error) => complaints.push(error.message));
  };

  async function open(query = ''): Promise<Page> {
    const opened = await context.newPage();
    listen(opened);
    await opened.goto(`${served.address}${query}`);
    await opened.getByTestId('share').waitFor();
    return opened;
  }

  async function taken(from: Page, act: () => Promise<unknown>): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([from.waitForEvent('download'), act()]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
  }
  const take = (kind: string) => taken(page, () => page.getByTestId(`share-${kind}`).click());

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'semblance-share-'));
    [served, player] = await Promise.all([serveBuilt('tests/app/share/bench/share.html'), playerHtml()]);
    browser = await chromium.launch({
      executablePath: browserPath!,
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    context = await browser.newContext({ deviceScaleFactor: 1, viewport: { width: 1200, height: 900 } });
    await context.route('**/share/player.html', (route) =>
      route.fulfill({ contentType: 'text/html', body: player }),
    );
    await context.route('**/run.jsonl', (route) => route.fulfill({ body: recordText }));
    page = await open();
  });
  afterAll(async () => {
    await browser.close();
    await served.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Decodes a picture and counts its colours. */
  const colours = (bytes: Buffer) =>
    page.evaluate(async (base64) => {
      const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
      const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d')!;
      context.drawImage(picture, 0, 0);
      const { data } = context.getImageData(0, 0, picture.width, picture.height);
      const found = new Set<number>();
      for (let i = 0; i < data.length; i += 4)
        found.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
      return { width: picture.width, height: picture.height, colours: found.size };
    }, bytes.toString('base64'));

  /** Parses a drawing as strictly as XML is; null when it is none. */
  const drawing = (text: string) =>
    page.evaluate((svg) => {
      const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
      if (parsed.querySelector('parsererror') !== null) return null;
      const all = (selector: string) => [...parsed.querySelectorAll(selector)];
      return {
        width: Number(parsed.documentElement.getAttribute('width')),
        texts: all('text').map((node) => node.textContent),
        points: all('[data-role]').length,
        font: parsed.querySelector('style')?.textContent.slice(0, 100) ?? '',
        unresolved: svg.includes('var(--'),
      };
    }, text);

  it('saves a run file that holds the record, with the places of the sentences', async () => {
    const { name, bytes } = await take('run');
    expect(name).toBe('temperature-0.1-script-co.jsonl');
    const { events: saved, problems } = readRunFile(bytes.toString());
    expect(problems).toEqual([]);
    const plain = (all: typeof events) => all.filter(({ type }) => type !== 'embeddings');
    expect(plain(saved)).toEqual(plain(events));
    const places = (all: typeof events) => all.filter((event) => event.type === 'embeddings');
    expect(places(saved).map(({ step }) => step)).toEqual([0, 120]);
    // Packed a second time, each component within a level of a byte.
    const [first, last] = [places(events).at(-1)!, places(saved).at(-1)!].map(
      (event) => unpackEmbeddings(event)!.data,
    );
    expect(Math.max(...first!.map((x, i) => Math.abs(x - last![i]!)))).toBeLessThan(1 / 127);
    expect(await page.getByTestId('share-said').textContent()).toMatch(
      /^temperature-0\.1-script-co\.jsonl saved \(\d+ kB\)\.$/,
    );
  });

  it('saves the numbers as the record has them', async () => {
    expect((await take('csv')).bytes.toString()).toBe(metricsCsv(new RunRecord(events)));
  });

  it('saves the map as SVG and PNG: titled, in the colours and the font of the page', async () => {
    const mapText = (await take('mapSvg')).bytes.toString();
    const svg = await drawing(mapText);
    expect(svg).toMatchObject({ width: 960, points: 240, unresolved: false });
    expect(svg!.texts).toContain('Sentences by PCA, step 120');
    expect(svg!.texts).toContain('hard negative');
    expect(svg!.font).toMatch(
      /^@font-face\{font-family:'Inter Variable';font-weight:100 900;src:url\(data:font\/woff2/,
    );
    // A picture of the same drawing without its font differs: the font is what is drawn with.
    const inFont = await page.evaluate(async (svg) => {
      const drawn = async (text: string) => {
        const picture = new Image();
        picture.src = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
        await picture.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [picture.width, picture.height];
        canvas.getContext('2d')!.drawImage(picture, 0, 0);
        return canvas.toDataURL();
      };
      return (await drawn(svg)) !== (await drawn(svg.replace(/<style>.*?<\/style>/s, '')));
    }, mapText);
    expect(inFont).toBe(true);
    const png = await colours((await take('mapPng')).bytes);
    expect(png).toMatchObject({ width: 1920, height: 1440 });
    expect(png.colours).toBeGreaterThan(50);
  });

  it('saves the encoder with its card, and says why when it cannot', async () => {
    const { name, bytes } = await take('encoder');
    expect(name).toBe('temperature-0.1-script-co.zip');
    const files = unzipSync(bytes);
    expect(files['temperature-0.1-script-co/model.safetensors']).toEqual(new Uint8Array([1, 2, 3, 4]));
    expect(Buffer.from(files['temperature-0.1-script-co/README.md']!).toString()).toContain(
      '| learningRate | 0.001 | 0.0005 |',
    );
    await page.getByRole('checkbox').uncheck();
    await page.getByTestId('share-encoder').click();
    await page.getByText('Encoder could not be made: The device was lost.').waitFor();
    await page.getByRole('checkbox').check();
  });

  it('copies the link, and shows it where copying is not allowed', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByTestId('share-link').click();
    await page.getByText('Link copied.').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      'http://example.test/#temperature=0.1',
    );
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', {
        value: { writeText: () => Promise.reject(new Error('no')) },
      });
    });
    await page.getByTestId('share-link').click();
    await page.getByText('The link: http://example.test/#temperature=0.1').waitFor();
  });

  it.each(['light', 'dark'])('is found clean by axe, %s, also with nothing to share', async (theme) => {
    for (const query of [`?theme=${theme}`, `?theme=${theme}&empty`]) {
      const opened = await open(query);
      const { violations } = await new AxeBuilder({ page: opened }).exclude('label').analyze();
      expect(
        violations
          .filter(({ id }) => id !== 'page-has-heading-one')
          .map(({ id, nodes }) => [id, nodes[0]?.html]),
      ).toEqual([]);
      await opened.close();
    }
  });

  describe('the shared page', () => {
    let html: string;
    let alone: BrowserContext;
    let shared: Page;
    const requests: string[] = [];

    const openFile = async (name: string, text: string): Promise<Page> => {
      const path = join(folder, name);
      writeFileSync(path, text);
      const opened = await alone.newPage();
      listen(opened);
      opened.on('request', (request) => requests.push(request.url()));
      await opened.goto(pathToFileURL(path).href);
      return opened;
    };

    beforeAll(async () => {
      html = (await take('html')).bytes.toString();
      alone = await browser.newContext({ offline: true, viewport: { width: 1200, height: 900 } });
      await alone.route(/^https?:/, (route) => route.abort());
      shared = await openFile('shared.html', html);
      await shared.getByTestId('plot-loss').waitFor();
    });
    afterAll(() => alone.close());

    it('shows the numbers of the record without network', async () => {
      const readout = async (name: string) =>
        Number(await shared.getByTestId(`readout-${name}`).getAttribute('data-value'));
      expect(await readout('sts')).toBe(readings('sts', 'eval').at(-1));
      expect(await readout('alignment-train')).toBe(readings('alignment', 'train').at(-1));
      expect(await readout('uniformity-eval')).toBe(readings('uniformity', 'eval').at(-1));
      expect(await readout('loss')).toBe(events.findLast((event) => event.type === 'step')!.loss);
      const steps = events.filter((event) => event.type === 'step').length;
      const path = (await shared
        .locator('[data-testid="plot-loss"] path[data-line="loss"]')
        .getAttribute('d'))!;
      expect(path.split('L')).toHaveLength(steps);
      expect(await shared.getByRole('heading', { level: 1 }).textContent()).toBe(
        'temperature=0.1 / </script> & co',
      );
      const header = events.find((event) => event.type === 'header')!;
      const others = Object.entries(header.config).filter(
        ([name, value]) =>
          JSON.stringify(value) !== JSON.stringify(KNOBS[name as keyof typeof KNOBS].default),
      );
      expect(others.length).toBeGreaterThan(0);
      expect(await shared.getByTestId('config-differs').locator('tbody tr').count()).toBe(others.length);
      expect(await shared.getByTestId('corpus-sample').locator('ul').count()).toBe(60);
      expect(await shared.getByTestId('corpus-sample').textContent()).toContain('Anchor 0 </script>');
    });

    it('has a crosshair that says the values at a step', async () => {
      const slider = shared.locator('[data-testid="plot-sts"] [role="slider"]');
      await shared.getByTestId('plot-sts').scrollIntoViewIfNeeded();
      await slider.focus();
      await shared.keyboard.press('Home');
      const [first] = readings('sts', 'eval');
      expect(await slider.getAttribute('aria-valuetext')).toContain(first!.toFixed(3));
    });

    it('draws the map before and after training, and finds a sentence on it', async () => {
      const map = shared.getByTestId('plot-map');
      const ink = () => map.locator('canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
      const after = await ink();
      expect(after.length).toBeGreaterThan(5000);
      await shared.getByRole('button', { name: 'Before' }).click();
      expect(await shared.getByTestId('map-time').getAttribute('aria-valuetext')).toBe('step 0 of 120');
      await expect.poll(ink).not.toBe(after);
      await map.getByRole('searchbox').fill('coach');
      expect(await map.locator('.found').textContent()).toBe('3');
      await map.getByRole('searchbox').fill('');
    });

    it('sets its formulas without fonts from elsewhere', async () => {
      await shared.locator('[data-testid="plot-alignment"] header button').first().click();
      await shared.locator('.plot-more math').first().waitFor();
      await shared.keyboard.press('Escape');
    });

    it('gives every plot as SVG and PNG', async () => {
      for (const name of ['loss', 'alignment', 'plane', 'cosines']) {
        const plot = shared.getByTestId(`plot-${name}`);
        await plot.scrollIntoViewIfNeeded();
        await plot.locator('svg[data-plot]').waitFor();
        const save = (entry: string) =>
          taken(shared, async () => {
            await plot.locator('header button').last().click();
            await shared.getByRole('menuitem', { name: entry }).click();
          });
        const svg = await drawing((await save('Export SVG')).bytes.toString());
        expect(svg, name).not.toBeNull();
        expect(svg!.unresolved).toBe(false);
        expect(svg!.texts[0]).toBe(await plot.getByRole('heading').textContent());
        expect((await colours((await save('Export PNG')).bytes)).colours, name).toBeGreaterThan(20);
      }
    });

    it('gives the record back, and is itself a run file', async () => {
      const { bytes } = await taken(shared, () => shared.getByTestId('take-record').click());
      const inside = readRunFile(html);
      expect(inside).toMatchObject({ problems: [], name: 'temperature=0.1 / </script> & co' });
      expect(readRunFile(bytes.toString()).events).toEqual(inside.events);
    });

    it('asked for nothing but itself', () => {
      expect(requests.filter((url) => !url.startsWith('file:') && !url.startsWith('blob:'))).toEqual([]);
      expect(requests.filter((url) => url.startsWith('file:'))).toHaveLength(1);
    });

    it('is found clean by axe', async () => {
      // A few of the sixty groups stand for all of them.
      const most = '[data-testid="corpus-sample"] ul:nth-child(n + 4)';
      const { violations } = await new AxeBuilder({ page: shared }).exclude(most).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    });

    it('cut short, says so and shows what is there', async () => {
      const late = await openFile('late.html', html.slice(0, html.lastIndexOf('"type":"step","step":90')));
      expect(await late.getByRole('alert').textContent()).toMatch(/ends in the middle|cut short/);
      expect(Number(await late.getByTestId('readout-loss').getAttribute('data-value'))).toBeGreaterThan(0);
      const early = await openFile('early.html', html.slice(0, html.lastIndexOf('id="semblance-about"')));
      expect(await early.getByRole('alert').textContent()).toMatch(
        /^This file is cut short before its run begins/,
      );
      const program = await openFile('program.html', html.slice(0, html.indexOf('<script>') + 1000));
      expect(await program.locator('body').textContent()).toContain('the file is cut short');
    });
  });

  describe('a file that is dropped', () => {
    const drop = (files: { name: string; text: string }[]) =>
      page.evaluate((given) => {
        const data = new DataTransfer();
        for (const { name, text } of given) data.items.add(new File([text], name));
        for (const type of ['dragover', 'drop'])
          document.body.dispatchEvent(
            new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }),
          );
      }, files);
    const problem = (text: string | RegExp) =>
      page.getByTestId('problem').filter({ hasText: text }).first().waitFor();

    it('is opened: a record of the command line, under the name of its setting', async () => {
      await drop([{ name: 'run.jsonl', text: recordText }]);
      await page.getByText(`scenes.sts_ht: ${events.length}`).waitFor();
    });

    it('is opened: a shared page, under its own name', async () => {
      const html = (await take('html')).bytes.toString();
      await drop([{ name: 'mail attachment.html', text: html }]);
      await page.getByText(`temperature=0.1 / </script> & co: `).waitFor();
    });

    it('is opened as far as it goes when it is cut short, and that is said', async () => {
      await drop([{ name: 'half.jsonl', text: recordText.slice(0, 200_000) }]);
      await page.getByText(/^half: 1\d\d$/).waitFor();
      await problem('The file ends in the middle');
    });

    it('is refused in a sentence when it is none', async () => {
      await drop([{ name: 'letter.html', text: '<p>Dear all' }]);
      await problem('letter.html was not opened. This page holds no run of Semblance.');
      await drop([{ name: 'encoder.zip', text: 'PK\u0003\u0004' }]);
      await problem('encoder.zip is a zip');
      await drop([
        { name: 'a.jsonl', text: recordText },
        { name: 'b.jsonl', text: recordText },
      ]);
      await problem('Several files were dropped');
    });
  });

  it('made no error and no warning in the console', () => {
    expect(complaints).toEqual([]);
  });
});
