// A visit from its first second to the end of a training, through the readouts that teachers' scripts use.
import { deviceOf, drawn, expect, open, SMALL, test, trainToEnd, value } from './page.ts';

test('a recorded run is drawn before the encoder has come, and says that it is one', async ({ page }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/models/**', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/');
  await expect(page.getByTestId('transport-play')).toBeVisible();
  await expect.poll(() => drawn(page, 'loss')).toBeGreaterThan(0);
  await expect.poll(() => drawn(page, 'alignment')).toBeGreaterThan(1);
  await expect(page.getByRole('region', { name: 'Evidence' })).toContainText('recorded run');
  expect(await value(page, 'loss')).not.toBeNaN();
  release();
  await expect(page.getByTestId('narration')).toHaveText(/^Ready/);
});

test('trains, shows every readout, takes a typed pair and a hot edit on the way', async ({ page }, {
  project,
}) => {
  // A turned knob is told a quarter of a second later; the run must be longer than that.
  const steps = project.name === 'webgpu' ? 8 : 40;
  await open(page, SMALL.replace('steps=6', `steps=${steps}`) + deviceOf(project.name));
  const device = await page.getByTestId('readout-device').getAttribute('data-value');
  expect(device).toBe(project.name === 'webgpu' ? 'software' : 'wasm');

  for (let step = 1; step <= 3; step++) {
    await page.getByTestId('transport-step').click();
    await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', String(step));
  }
  await expect(page.getByTestId('narration')).toHaveText(/^Paused at step 3/);
  await expect.poll(() => value(page, 'alignment-train')).toBeGreaterThan(0);

  await page.getByRole('tab', { name: 'Corpus' }).click();
  await page.getByTestId('pair-anchor').fill('A snail crosses the wet road.');
  await page.getByTestId('pair-positive').fill('A small animal with a shell is on the street.');
  await page.getByTestId('pair-add').click();
  const mark = page.getByTestId('map-typed').first();
  await expect(mark).toBeVisible();
  const before = [await mark.getAttribute('data-x'), await mark.getAttribute('data-y')];
  const measured = await drawn(page, 'uniformity');

  const temperature = page.getByTestId('knob-temperature');
  await temperature.fill('0.1');
  await temperature.press('Enter');
  await trainToEnd(page);

  await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', String(steps));
  expect([await mark.getAttribute('data-x'), await mark.getAttribute('data-y')]).not.toEqual(before);
  await expect(
    page
      .getByTestId('plot-loss')
      .getByText(/temperature/)
      .first(),
  ).toBeAttached();
  expect(await drawn(page, 'uniformity')).toBeGreaterThanOrEqual(measured);
  for (const name of [
    'loss',
    'loss-infonce',
    'alignment-train',
    'alignment-eval',
    'uniformity-train',
    'uniformity-eval',
    'rfd-alignment',
    'rfd-uniformity',
    'sts',
    'speed',
  ]) {
    expect(await value(page, name), name).not.toBeNaN();
  }
  expect(await value(page, 'rfd-alignment')).not.toBe(0);
});

test('a link reproduces a run: the same losses twice', async ({ page }, { project }) => {
  const hash = `${SMALL.replace('steps=6', 'steps=3')}&seed=7&setting=scenes.sup${deviceOf(project.name)}`;
  const losses: number[] = [];
  for (let visit = 0; visit < 2; visit++) {
    // The second time the whole page is loaded again, from the same link.
    if (visit > 0) await page.reload();
    await open(page, hash);
    await trainToEnd(page);
    losses.push(await value(page, 'loss'));
  }
  expect(losses[0]).not.toBeNaN();
  // Bit for bit on WASM; a GPU may add up in another order.
  if (project.name === 'webgpu') expect(Math.abs(losses[1]! - losses[0]!)).toBeLessThan(1e-4);
  else expect(losses[1]).toBe(losses[0]);
});
