// Everybody can use it: axe finds nothing in any view, theme and mode; the keyboard does all; the tour completes.
import AxeBuilder from '@axe-core/playwright';
import { expect, open, SMALL, test } from './page.ts';

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
    const look = async () => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(
        violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
        ),
      ).toEqual([]);
    };
    await look();
    if (!projector) {
      await page.getByRole('tab', { name: 'Corpus' }).click();
      await look();
    }
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toBeVisible();
    await look();
  });
}

test('the keyboard trains, steps, resets, and shows its keys', async ({ page }) => {
  await open(page);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', '1');
  await page.keyboard.press('r');
  await expect(page.getByTestId('narration')).toHaveText(/^Ready/);
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
  await page.getByTestId('pair-anchor').fill('A snail crosses the road.');
  await page.getByTestId('pair-positive').fill('A snail is on the street.');
  await page.getByTestId('pair-add').click();
  await done();
  await page.getByTestId('tour-next').click();
  await expect(tour).toBeHidden();
});
