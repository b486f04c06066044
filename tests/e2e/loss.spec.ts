// A GPU device that is lost in the middle of a run: the run goes on from its last snapshot, and nothing is lost.
import { deviceOf, expect, open, SMALL, test, value } from './page.ts';

test('a destroyed device is started again and the run ends as if nothing had been', async ({ page, watch }, {
  project,
}) => {
  watch.allow.push(/mapAsync|destroyed|device (is )?lost|A valid external Instance/i);
  const hash = `${SMALL.replace('evaluateEvery=3', 'evaluateEvery=6')}&checkpointEvery=2${deviceOf(project.name)}`;
  await open(page, hash);
  for (let step = 1; step <= 3; step++) {
    await page.getByTestId('transport-step').click();
    await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', String(step));
  }
  await page.evaluate(() => window.dispatchEvent(new Event('semblance:lose-device')));
  // From its newest snapshot: the checkpoint of step 2 at least, step 3 if there was time for one.
  await expect(page.getByTestId('notice')).toContainText(/continues from step [23]/);
  // It was paused, and a lost device does not change that.
  await expect(page.getByTestId('transport')).toHaveAttribute('data-value', 'paused');
  await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', /^[23]$/);
  await page.getByTestId('transport-play').click();
  await expect(page.getByTestId('narration')).toHaveText(/^Training finished/);
  await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', '6');
  const survived = await value(page, 'loss');

  await page.reload();
  await open(page, hash);
  await page.getByTestId('transport-play').click();
  await expect(page.getByTestId('narration')).toHaveText(/^Training finished/);
  expect(Math.abs((await value(page, 'loss')) - survived)).toBeLessThan(1e-4);
});
