// The run's past and its fellows: going back, branching, a reload in its middle, the step taken apart, kept runs.
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { accessible, expect, open, SMALL, test, trainToEnd, value } from './page.ts';

const stepTo = async (page: Page, step: number) => {
  await page.getByTestId('transport-step').click();
  await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', String(step));
};
const seek = async (page: Page, step: number) => {
  await page.getByTestId('timeline-scrubber').fill(String(step));
  await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', String(step));
  await expect(page.getByTestId('timeline-seeking')).toHaveCount(0);
};
test('any step can be shown again, going on repeats the run, and a change becomes a branch', async ({
  page,
}) => {
  await open(page, SMALL.replace('steps=6', 'steps=8'));
  const losses = new Map<number, number>();
  for (let step = 1; step <= 6; step++) {
    await stepTo(page, step);
    losses.set(step, await value(page, 'loss'));
  }
  for (const step of [4, 1, 5, 2]) {
    await seek(page, step);
    expect(await value(page, 'loss')).toBe(losses.get(step));
  }
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', '1');

  // The same weights, masks and batches: bit for bit the same losses.
  await seek(page, 3);
  for (const step of [4, 5]) {
    await stepTo(page, step);
    expect(await value(page, 'loss')).toBe(losses.get(step));
  }

  await seek(page, 3);
  await page.getByTestId('knob-temperature').fill('0.2');
  await page.getByTestId('knob-temperature').press('Enter');
  // A turned knob is told a moment later; the branch knows no later step.
  await expect(page.getByTestId('timeline-latest')).toBeDisabled();
  await expect(page.getByTestId('transport')).toHaveAttribute('data-value', 'paused');
  await stepTo(page, 4);
  expect(await value(page, 'loss')).not.toBe(losses.get(4));
  // The run that was left stays on the curves, and in the list.
  await expect(page.getByTestId('other-runs').getByRole('listitem')).toHaveCount(2);
  await page.getByRole('tab', { name: 'Runs' }).click();
  await expect(page.getByTestId('runs').getByRole('row')).toHaveCount(3);
});

test('a page that is loaded again in the middle of a run trains on as if it had never stopped', async ({
  page,
}) => {
  const hash = `${SMALL.replace('steps=6', 'steps=160')}&checkpointEvery=5`;
  await open(page, hash);
  await trainToEnd(page);
  const whole = await value(page, 'loss');

  await page.getByTestId('transport-reset').click();
  await expect(page.getByTestId('narration')).toHaveText(/^Ready/);
  await page.getByTestId('transport-play').click();
  await expect.poll(() => value(page, 'step')).toBeGreaterThan(100);
  await page.reload();
  // Nobody presses anything: a fresh run would wait at step 0.
  await expect(page.getByTestId('narration')).toHaveText(/^Training finished/);
  await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', '160');
  expect(await value(page, 'loss')).toBe(whole);
  await page.getByRole('tab', { name: 'Runs' }).click();
  await expect(page.getByTestId('runs').getByTestId('run')).toHaveCount(2);
});

test('the microscope leaves the training as it was, or takes the very step it showed', async ({ page }) => {
  await open(page);
  await stepTo(page, 1);
  await page.keyboard.press('m');
  const microscope = page.getByTestId('microscope');
  await expect(microscope).toContainText('Stage 1 of');
  await accessible(page);
  await page.keyboard.press('Escape');
  await expect(microscope).toBeHidden();
  await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', '1');
  await stepTo(page, 2);
  const plain = await value(page, 'loss');

  await seek(page, 1);
  await page.keyboard.press('m');
  await expect(microscope).toContainText('Stage 1 of');
  await page.keyboard.press('End');
  await microscope.getByRole('button', { name: 'Make this step' }).click();
  await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', '2');
  expect(await value(page, 'loss')).toBe(plain);
});

test('the batch is shown as a matrix, by pointer and by keys', async ({ page }) => {
  await open(page);
  await page.getByRole('tab', { name: 'Batch' }).click();
  const matrix = page.getByTestId('batch-matrix');
  await expect(matrix).toBeVisible();
  await matrix.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('batch-cell')).toContainText('in-batch negative');
  await accessible(page);
  await page.getByRole('button', { name: 'gradient' }).click();
  await stepTo(page, 1);
  await expect(page.getByTestId('batch-view')).toContainText('The batch of step 2');
});

test('runs are named, noted, deleted with undo, kept over a reload, and taken along as files', async ({
  page,
}) => {
  await open(page);
  await trainToEnd(page);
  const loss = await value(page, 'loss');
  await page.getByRole('tab', { name: 'Share' }).click();
  const saving = page.waitForEvent('download');
  await page.getByTestId('share-run').click();
  const file = await (await saving).path();

  await page.reload();
  await expect(page.getByTestId('narration')).toHaveText(/^Ready/);
  await page.getByRole('tab', { name: 'Runs' }).click();
  await expect(page.getByTestId('runs').getByRole('row')).toHaveCount(2);
  await accessible(page);
  for (const view of ['plane', 'side', 'thirteen']) {
    await page.getByTestId(`runs-view-${view}`).click();
    await accessible(page);
  }
  await page.getByTestId('runs-view-list').click();

  // The file opens as a run of its own, and says what the run said.
  await page.getByTestId('open-run').setInputFiles({
    name: 'brought.jsonl',
    mimeType: 'application/jsonl',
    buffer: await readFile(file),
  });
  await expect(page.getByTestId('visited')).toContainText('brought');
  expect(await value(page, 'loss')).toBe(loss);
  await page.getByTestId('open-run').setInputFiles({
    name: 'broken.jsonl',
    mimeType: 'application/jsonl',
    buffer: Buffer.from('not a run'),
  });
  await expect(page.getByTestId('notice')).toContainText('broken.jsonl');
});
