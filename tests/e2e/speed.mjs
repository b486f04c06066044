// `npm run speed`: what the page promises about its speed, measured in a real Chromium on the machine this runs on.
// Figures, not assertions: they depend on the machine.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { build, preview } from 'vite';
import { fail, root } from '../../src/cli/install.mjs';
import { ensureChromium } from '../chromium.mjs';

const executablePath = ensureChromium();
if (!executablePath) fail('No Chromium found: install Chromium or Chrome, or set CHROMIUM to its program.');
await build({ root, logLevel: 'error' });
const assets = join(root, 'dist', 'assets');
const gzip = (name) => gzipSync(readFileSync(join(assets, name))).length / 1000;

/** The files that index.html asks for itself: the page without what it fetches later, and without the worker. */
const first = readFileSync(join(root, 'dist', 'index.html'), 'utf8')
  .match(/assets\/[^"]+\.(?:js|css)/g)
  .map((path) => path.replace('assets/', ''));
const line = (what, value, target) => console.log(`${what.padEnd(58)} ${value.padStart(12)}   ${target}`);
line(
  'page bundle without worker, gzip',
  `${first.reduce((sum, name) => sum + gzip(name), 0).toFixed(0)} kB`,
  'at most 250 kB',
);
for (const name of readdirSync(assets).filter((each) => /worker.*\.js$/.test(each)))
  line(`  ${name.replace(/-[\w-]{8}\.js$/, '')}, gzip`, `${gzip(name).toFixed(0)} kB`, '');

const server = await preview({ root, preview: { port: 0 }, logLevel: 'error' });
const address = server.resolvedUrls.local[0];
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-background-networking'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.addInitScript(() => {
  localStorage.setItem('semblance.tour', 'done');
  window.tasks = [];
  new PerformanceObserver((list) =>
    window.tasks.push(...list.getEntries().map(({ startTime, duration }) => ({ startTime, duration }))),
  ).observe({ type: 'longtask', buffered: true });
});
const narration = (word) =>
  page.waitForFunction(
    (wanted) => document.querySelector('[data-testid="narration"]')?.textContent.startsWith(wanted),
    word,
    { timeout: 300_000 },
  );

await page.goto(address);
await narration('Ready');
const ready = await page.evaluate(() => performance.now());
const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime);
const curves = await page.evaluate(
  () => performance.getEntriesByType('resource').find(({ name }) => name.endsWith('.jsonl'))?.responseEnd,
);
line('first contentful paint', `${paint.toFixed(0)} ms`, 'under 1,500 ms');
line('  the recorded run has come', `${curves.toFixed(0)} ms`, '');
line('training possible', `${ready.toFixed(0)} ms`, 'under 4,000 ms');

/** Frames and long tasks of the page while something goes on. */
async function watched(during) {
  await page.evaluate(() => {
    window.tasks.length = 0;
    window.frames = [];
    window.counting = true;
    const count = (time) => {
      window.frames.push(time);
      if (window.counting) requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
  await during();
  return page.evaluate(() => {
    window.counting = false;
    const gaps = window.frames
      .slice(1)
      .map((time, i) => time - window.frames[i])
      .sort((a, b) => a - b);
    const seconds = (window.frames.at(-1) - window.frames[0]) / 1000;
    return {
      fps: gaps.length / seconds,
      p95: gaps[Math.floor(gaps.length * 0.95)],
      longest: Math.max(0, ...window.tasks.map(({ duration }) => duration)),
      tasks: window.tasks.length,
      seconds,
    };
  });
}

const training = await watched(async () => {
  await page.getByTestId('transport-play').click();
  await page.waitForTimeout(20_000);
});
const steps = await page.getByTestId('readout-step').getAttribute('data-value');
line(
  `while training (${steps} steps in ${training.seconds.toFixed(0)} s): map and curves`,
  `${training.fps.toFixed(0)} frames/s`,
  'at least 30 frames/s',
);
line('  95 % of the frames within', `${training.p95.toFixed(1)} ms`, '');
line(
  `  longest main-thread task (${training.tasks} above 50 ms)`,
  `${training.longest.toFixed(0)} ms`,
  'none above 50 ms',
);

await browser.close();
await server.close();
process.exit(0);
