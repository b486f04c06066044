// Everybody can use it: axe finds nothing in any view, theme and mode; the keyboard does all; the tour completes.
import { accessible, expect, open, SMALL, test, trainToEnd, value } from './page.ts';

for (const [mode, theme, width, projector] of [
  ['light', 'light', 1440, false],
  ['dark', 'dark', 1440, false],
  ['projector, light', 'light', 1920, true],
  ['projector, dark', 'dark', 1920, true],
  ['a phone', 'light', 390, false],
] as const) {
  test(`axe finds nothing: ${mode}`, async ({ page }) => {
    await page.addInitScript(
      ([theme, projector]) => {
        localStorage.setItem('semblance.theme', theme);
        localStorage.setItem('semblance.projector', String(projector));
      },
      [theme, projector] as const,
    );
    await page.setViewportSize({ width, height: 900 });
    await open(page);
    await accessible(page);
    if (!projector) {
      await page.getByRole('tab', { name: 'Corpus' }).click();
      await accessible(page);
    }
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toBeVisible();
    await accessible(page);
  });
}

test('the keyboard trains, steps, resets, and shows its keys', async ({ page }) => {
  await open(page);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', '1');
  await page.keyboard.press('r');
  await expect(page.getByTestId('narration')).toHaveText(/^Ready/);
  // Played before the single step has ended: it goes on, rather than pause what was never playing.
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await expect(page.getByTestId('narration')).toHaveText(/^Training finished/);
  await page.keyboard.press('p');
  await expect(page.locator('html')).toHaveAttribute('data-projector', 'true');
});

test('the first visit has a tour, and each stop is ticked by doing', async ({ page }) => {
  await page.addInitScript(() => localStorage.removeItem('semblance.tour'));
  await open(page, SMALL.replace('steps=6', 'steps=400'));
  const tour = page.getByTestId('tour');
  const stop = page.getByTestId('tour-step');
  const done = () => expect(stop).toHaveAttribute('data-done', 'true');
  const next = async (number: number) => {
    await page.getByTestId('tour-next').click();
    await expect(stop).toHaveAttribute('data-value', String(number));
  };
  await expect(tour).toBeVisible();
  await page.getByTestId('transport-play').click();
  await done();
  await next(2);
  await page.getByTestId('plot-map').getByRole('application').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await done();
  await next(3);
  await page.getByTestId('plot-plane').getByRole('slider').hover();
  await done();
  await next(4);
  await page.getByTestId('knob-temperature').fill('0.08');
  await page.getByTestId('knob-temperature').press('Enter');
  await done();
  await next(5);
  await page.getByRole('tab', { name: 'Corpus' }).click();
  // The card points at the form and does not lie on it.
  await expect(async () => {
    const [card, form] = [await tour.boundingBox(), await page.getByTestId('pair-editor').boundingBox()];
    expect(overlap(card!, form!)).toBe(0);
  }).toPass();
  await page.getByTestId('pair-anchor').fill('A snail crosses the road.');
  await page.getByTestId('pair-positive').fill('A snail is on the street.');
  await page.getByTestId('pair-add').click();
  await done();
  await page.getByTestId('tour-next').click();
  await expect(tour).toBeHidden();
});

test('while it trains the plots stay where they are', async ({ page }) => {
  await page.addInitScript(() => {
    const shifts: { value: number; moved: string[] }[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as LayoutShift[])
        shifts.push({
          value: entry.value,
          moved: entry.sources.map(({ node }) =>
            (node instanceof Element ? node.outerHTML : '').slice(0, 80),
          ),
        });
    }).observe({ type: 'layout-shift' });
  });
  await open(page, SMALL.replace('steps=6', 'steps=60'));
  const shifts = () => page.evaluate(() => (window as unknown as { shifts: LayoutShift[] }).shifts);
  // Until the timeline and the last key have come; a batch may have no group for the triplet loss. Then nothing is new.
  await expect(async () => {
    await page.getByTestId('transport-step').click();
    expect(await value(page, 'loss-ht')).not.toBeNaN();
  }).toPass();
  const before = (await shifts()).length;
  await trainToEnd(page);
  expect((await shifts()).slice(before).filter((shift) => shift.value > 0.005)).toEqual([]);
});

interface LayoutShift extends PerformanceEntry {
  value: number;
  sources: readonly { node: Node | null }[];
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
function overlap(a: Box, b: Box): number {
  const along = (x: number, width: number, u: number, span: number) =>
    Math.max(0, Math.min(x + width, u + span) - Math.max(x, u));
  return along(a.x, a.width, b.x, b.width) * along(a.y, a.height, b.y, b.height);
}
