// The larger bundled encoder, chosen by hand and by a link. Which one the page chooses by itself depends on the machine;
// tests/app/state has that.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, open, ready, SMALL, test, trainToEnd, value } from './page.ts';

const mini = join(import.meta.dirname, '..', '..', 'models', 'mini', 'model.safetensors');
test.skip(!existsSync(mini), 'models/mini is not in this checkout');

test('mini is trained when it is chosen, and a link that names it does the same', async ({ page }) => {
  await open(page);
  await page.getByTestId('setting-model').selectOption('mini');
  await trainToEnd(page);
  const loss = await value(page, 'loss');
  expect(loss).not.toBeNaN();
  await page.getByRole('tab', { name: 'Runs' }).click();
  await expect(page.getByRole('region', { name: 'Sentences and runs' })).toContainText(/\bmini\b/);
  await page.goto(`/?again#${SMALL.replace('pocket', 'mini')}`); // another hash alone would not load the page anew
  await ready(page);
  await trainToEnd(page);
  expect(await value(page, 'loss')).toBe(loss);
});

test('mini that is not on the server: says so, and pocket can be chosen instead', async ({ page, watch }) => {
  watch.allow.push(/Failed to load resource/);
  await page.route('**/models/mini/**', (route) => route.fulfill({ status: 404, body: '' }));
  await open(page);
  await page.getByTestId('setting-model').selectOption('mini');
  await expect(page.getByTestId('notice')).toContainText('mini');
  await page.getByTestId('setting-model').selectOption('pocket');
  await trainToEnd(page);
  expect(await value(page, 'loss')).not.toBeNaN();
});
